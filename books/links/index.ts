export { type LinkQuery, followLinks } from './follow.ts'
export type { Link, LinkEnd, LinkHow } from './types.ts'
