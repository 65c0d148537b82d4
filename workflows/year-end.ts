/** The year-end of all districts: starts one workflow for each, watches them, and passes on the league's arrival (R17). */
import {
  ApplicationFailure, ChildWorkflowCancellationType, ParentClosePolicy, WorkflowIdReusePolicy, allHandlersFinished, condition,
  getExternalWorkflowHandle, log, setHandler, startChild,
} from '@temporalio/workflow'
import { districtYearEnd } from './district.ts'
import { districtWorkflowId } from './ids.ts'
import {
  type DistrictInput, type DistrictResult, type YearEndInput, type YearEndView, addDistrictsUpdate, reachedReconcileSignal,
  yearEndViewQuery,
} from './messages.ts'

/**
 * Ends when every district has ended, however it ended: one district's failure is its own. Districts outlive this workflow,
 * and more of them can be added while it runs.
 */
export async function yearEnd(input: YearEndInput): Promise<YearEndView> {
  const open = new Set<string>()
  const closed: { district: string; outcome: string }[] = []
  let begun = false
  let leagueReached = false
  const view = (): YearEndView => ({ year: input.year, open: [...open], closed })

  const tell = async (district: string) => {
    try {
      await getExternalWorkflowHandle(districtWorkflowId(input.year, district, input.kind))
        .signal(reachedReconcileSignal, { district: input.league })
    } catch {
      // A district that has ended needs no news.
    }
  }
  const relay = async () => {
    leagueReached = true
    await Promise.all([...open].filter((district) => district !== input.league).map(tell))
  }
  const begin = async (district: DistrictInput) => {
    open.add(district.district)
    const child = await startDistrict(district).catch((error: unknown) => {
      open.delete(district.district)
      throw error
    })
    if (leagueReached) await tell(district.district)
    void watch(district.district, child.result())
  }
  const watch = async (district: string, result: Promise<DistrictResult>) => {
    const outcome = await result.then((ended) => ended.outcome, outcomeOf)
    open.delete(district)
    closed.push({ district, outcome })
    // In a rehearsal nobody may hang on a league that ended early.
    if (district === input.league && input.kind === 'rehearsal' && !leagueReached) await relay()
  }

  setHandler(addDistrictsUpdate, async ({ districts }) => {
    const results = await Promise.allSettled(districts.map(begin))
    begun = true
    const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [districts[index]!.district] : []))
    if (failed.length > 0) {
      throw ApplicationFailure.create({
        message: `already started: ${failed.join(', ')}`, type: 'already-started', nonRetryable: true, details: [failed],
      })
    }
  }, {
    validator: ({ districts }: { districts: readonly DistrictInput[] }) => {
      const live = districts.map(({ district }) => district).filter((district) => open.has(district))
      if (live.length > 0) {
        throw ApplicationFailure.create({
          message: `already live: ${live.join(', ')}`, type: 'already-live', nonRetryable: true, details: [live],
        })
      }
    },
  })
  setHandler(reachedReconcileSignal, () => relay())
  setHandler(yearEndViewQuery, view)

  if (input.districts.length > 0) {
    const results = await Promise.allSettled(input.districts.map(begin))
    for (const result of results) {
      if (result.status === 'rejected') log.error('a district could not be started', { error: String(result.reason) })
    }
    begun = true
  }
  await condition(() => begun && open.size === 0)
  await condition(allHandlersFinished)
  return view()
}

function startDistrict(input: DistrictInput) {
  return startChild(districtYearEnd, {
    args: [input],
    workflowId: districtWorkflowId(input.year, input.district, input.kind),
    // A completed real year-end can not be run twice; a cancelled or failed one can be started anew.
    workflowIdReusePolicy: input.kind === 'real'
      ? WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
      : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    cancellationType: ChildWorkflowCancellationType.ABANDON,
    memo: { district: input.district, year: input.year, runId: input.runId },
  })
}

/** How a district's workflow ended when it did not complete. */
function outcomeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof ApplicationFailure && cause.type === 'Cancelled'
    ? 'cancelled'
    : `failed: ${cause instanceof Error ? cause.message : String(error)}`
}
