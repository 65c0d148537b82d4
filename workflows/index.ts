/** Everything that the worker registers. */
export { districtYearEnd } from './district.ts'
export { yearEnd } from './year-end.ts'
