/** Everything that the worker registers. */
export { districtYearEnd } from './district.ts'
export { yearEnd } from './year-end.ts'
export { problem } from './problem.ts'
export { documentCases } from './document-cases.ts'
export { inTransitWatch } from './in-transit-watch.ts'
