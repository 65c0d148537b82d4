/** Every activity that the workflows call, closed over what the worker's process gives. */
import type * as cases from './case-contract.ts'
import { submitFiring, tendCases } from './cases.ts'
import { checkDistrict } from './check-in-transit.ts'
import type * as contract from './contract.ts'
import { judge } from './decide.ts'
import type { ActivityDeps } from './deps.ts'
import { judgeDefault } from './judge-default.ts'
import { deliver, raiseAlarm } from './notify.ts'
import { actOnProblem } from './problem.ts'
import { raiseProblemAlarms } from './problem-alarm.ts'
import type * as problems from './problem-contract.ts'
import { beginRun, findStale, finishRun, project, voidSteps } from './project.ts'
import { applyCarryForward, rescan, runStep } from './run-step.ts'
import { projectUndo, recall, undoCarryForward, watchLate } from './undo.ts'

/** The activities by the names that workflow histories hold: never rename one while runs are open. */
export function createActivities(deps: ActivityDeps) {
  return {
    beginRun: (request: { runId: number }) => beginRun(deps, request),
    project: (request: contract.ProjectRequest) => project(deps, request),
    findStale: (request: { runId: number }) => findStale(deps, request),
    voidSteps: (request: contract.VoidRequest) => voidSteps(deps, request),
    finishRun: (request: contract.FinishRequest) => finishRun(deps, request),
    runStep: (request: contract.StepRequest) => runStep(deps, request),
    rescan: (request: { runId: number }) => rescan(deps, request),
    applyCarryForward: (request: contract.ApplyRequest) => applyCarryForward(deps, request),
    undoCarryForward: (request: contract.UndoRequest) => undoCarryForward(deps, request),
    projectUndo: (request: contract.UndoWaitProjection) => projectUndo(deps, request),
    recall: (request: { runId: number }) => recall(deps, request),
    watchLate: (request: { runId: number }) => watchLate(deps, request),
    tendCases: (request: cases.CasesRequest) => tendCases(deps, request),
    checkInTransit: (request: cases.CheckRequest) => checkDistrict(deps, request),
    submitFiring: (request: cases.SubmitFiringRequest) => submitFiring(request),
    judgeDefault: (request: cases.JudgeDefaultRequest) => judgeDefault(deps, request),
    judge: (request: contract.JudgeRequest) => judge(deps, request),
    raiseAlarm: (request: contract.AlarmRequest) => raiseAlarm(deps, request),
    deliver: (request: contract.DeliverRequest) => deliver(deps, request),
    actOnProblem: (request: problems.ActRequest) => actOnProblem(deps, request),
    raiseProblemAlarms: (request: problems.ProblemAlarmRequest) => raiseProblemAlarms(deps, request),
  }
}
export type Activities = ReturnType<typeof createActivities>
