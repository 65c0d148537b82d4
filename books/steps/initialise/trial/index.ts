export { runTrialDay } from './run.ts'
export { type StoredTrial, asShown, findTrialProblems, readTrialDay, storeTrialDay, trialFigures } from './store.ts'
