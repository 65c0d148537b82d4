/** Pause, resume, cancel, recheck, and the news of new input. */
import { WorkflowNotFoundError } from '@temporalio/client'
import { type Run, liveRuns, readersOf } from '../../books/runs.ts'
import type { RunKind, Step } from '../../domain/steps.ts'
import { cancelUpdate, inputChangedSignal, pauseUpdate, recheckUpdate, resumeUpdate } from '../../workflows/messages.ts'
import type { Done, Refused } from '../operations.ts'
import { type OperationsDeps, refused, send, toWorkflow } from './deps.ts'
import { watchAgain } from './undo.ts'

interface ControlRequest { year: number; districts: readonly string[]; by: string; kind?: RunKind }
const UPDATES = { pause: pauseUpdate, resume: resumeUpdate, cancel: cancelUpdate } as const

/**
 * The same word to several districts. All live ones of the year without a list, except those where it would change nothing.
 * A named district that is not live is refused before any is touched.
 */
export async function control(deps: OperationsDeps, what: keyof typeof UPDATES, request: ControlRequest): Promise<Done<{ districts: readonly string[] }>> {
  const chosen = await chooseRuns(deps, request)
  if (!Array.isArray(chosen)) return chosen
  const all = request.districts.length === 0
  const runs = chosen.filter(({ state }) => !all || what === 'cancel' || (what === 'pause' ? state === 'running' : state === 'paused'))
  const done: string[] = []
  let no: Refused | null = null
  for (const run of runs) {
    const answer = await send(deps, run, { what, by: request.by }, toWorkflow(deps, run.workflowId, UPDATES[what], { by: request.by }))
    if (answer.ok) done.push(run.district)
    else no ??= answer
  }
  return no && done.length < runs.length ? { ...no, zh: `${no.zh}（已完成：${done.join('、') || '无'}）`, en: `${no.en} (done: ${done.join(', ') || 'none'})` } : { ok: true, districts: done }
}

async function chooseRuns({ books }: OperationsDeps, { year, districts, kind = 'real' }: ControlRequest): Promise<Run[] | Refused> {
  const live = await liveRuns(books.db, kind, year)
  const missing = districts.filter((code) => !live.some(({ district }) => district === code))
  if (missing.length > 0 || live.length === 0) return notLive(year, missing)
  return districts.length > 0 ? live.filter(({ district }) => districts.includes(district)) : live
}

const notLive = (year: number, districts: readonly string[]): Refused =>
  refused('wrong-state', `${year} 年没有进行中的年结：${districts.join('、') || '全部区划'}。`, `no year-end of ${year} is live in: ${districts.join(', ') || 'any district'}`)

/** See `Operations.recheck`. */
export async function recheck(deps: OperationsDeps, { year, district, step, by }: { year: number; district: string; step: Step; by: string }): Promise<Done> {
  const run = (await liveRuns(deps.books.db, 'real', year)).find((one) => one.district === district)
  if (!run) return notLive(year, [district])
  const answer = await send(deps, run, { what: 'recheck', by }, toWorkflow(deps, run.workflowId, recheckUpdate, { step, by }))
  return answer.ok ? { ok: true } : answer
}

/** See `Operations.announceInput`. A live run that ended meanwhile needs no news; steps look at the input again anyway. */
export async function announceInput(
  deps: OperationsDeps, { year, district, version }: { year: number; district: string; version: number },
): Promise<void> {
  await watchAgain(deps, { year, district, version })
  const { books, client } = deps
  const { own, beside } = await readersOf(books.db, district, year)
  // Each finds out by itself whether it is concerned.
  await Promise.all([...own, ...beside].map(async ({ workflowId }) => {
    try {
      await client.workflow.getHandle(workflowId).signal(inputChangedSignal, { version, district })
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }))
}
