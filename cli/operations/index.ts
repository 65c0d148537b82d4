/** The one implementation of {@link Operations}. */
import type { Operations } from '../operations.ts'
import { approveDefault, registerReceipts, withdrawDefault } from './cases.ts'
import { announceInput, control, recheck } from './control.ts'
import { canConfirm, confirmReconciliation } from './confirm.ts'
import { canDecideFindings, canDecideStep, decideFindings, decideStep } from './decide.ts'
import type { OperationsDeps } from './deps.ts'
import { actOnProblem, openProblem } from './problem.ts'
import { start } from './start.ts'
import { canDecideUndo, canLock, decideUndo, lock, showUndo } from './undo.ts'

export type { OperationsDeps } from './deps.ts'

/** Operations over open connections; the caller closes them. */
export function operationsOf(deps: OperationsDeps): Operations {
  return {
    start: (request) => start(deps, request),
    approveDefault: (request) => approveDefault(deps, request),
    withdrawDefault: (request) => withdrawDefault(deps, request),
    registerReceipts: (request) => registerReceipts(deps, request),
    pause: (request) => control(deps, 'pause', request),
    resume: (request) => control(deps, 'resume', request),
    cancel: (request) => control(deps, 'cancel', request),
    recheck: (request) => recheck(deps, request),
    decideStep: (request) => decideStep(deps, request),
    decideFindings: (request) => decideFindings(deps, request),
    canDecideStep: (request) => canDecideStep(deps, request),
    canDecideFindings: (request) => canDecideFindings(deps, request),
    confirmReconciliation: (request) => confirmReconciliation(deps, request),
    canConfirm: (request) => canConfirm(deps, request),
    decideUndo: (request) => decideUndo(deps, request),
    canDecideUndo: (request) => canDecideUndo(deps, request),
    showUndo: (request) => showUndo(deps, request),
    lock: (request) => lock(deps, request),
    canLock: (request) => canLock(deps, request),
    openProblem: (request) => openProblem(deps, request),
    actOnProblem: (request) => actOnProblem(deps, request),
    announceInput: (request) => announceInput(deps, request),
  }
}
