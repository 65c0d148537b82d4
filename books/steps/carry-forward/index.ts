/** The carry-forward 年终结转: plan, apply, prove, undo, explain. */
export { applyCarryForward } from './apply.ts'
export { CarryForwardError, type CarryForwardErrorCode } from './errors.ts'
export { explainBalance, type Explanation } from './explain.ts'
export { type PlanFigures, readFigures } from './figures.ts'
export { planCarryForward } from './plan.ts'
export { type Proof, type ProofCheck, proveCarryForward } from './prove.ts'
export { type UndoPreview, previewUndo, undoCarryForward } from './reverse.ts'
export { findInitialiseProblems } from './setup-findings.ts'
