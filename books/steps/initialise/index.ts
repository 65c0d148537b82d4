export { initialise } from './initialise.ts'
export { NoCarryForward } from './openings.ts'
