/**
 * The cases of a district's documents in transit. One workflow for each district and year, however many documents: the cases
 * are rows of the books, the workflow holds nothing but the time at which the next of them needs something. What came due
 * while everything was down is done, once, when it is back.
 */
import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'
import { type CasesInput, casesChangedSignal, decideDefaultUpdate } from './case-messages.ts'
import { books, post, sql } from './proxies.ts'

/** Looks at least once a day, so that it ends with a run that ended without a word. */
const LONGEST_WAIT_MS = 24 * 3_600_000
/** A run of this workflow hands over long before its history is big. */
const HISTORY_MAX = 2_000

/** Ends when no case of the district is open; the next scan that finds one begins it anew. */
export async function documentCases(input: CasesInput): Promise<void> {
  let news = 0
  let deliveries = 0
  setHandler(casesChangedSignal, () => { news += 1 })
  setHandler(decideDefaultUpdate, async ({ defaultId }) => {
    const outcome = await books.judgeDefault({ defaultId })
    news += 1
    return outcome
  })
  for (;;) {
    const heard = news
    const { open, nextAt, notifications, decisions, workflowId } = await sql.tendCases({ ...input, at: new Date(Date.now()).toISOString() })
    for (const notificationId of notifications) {
      deliveries += 1
      // Each attempt stands in the delivery record; a channel that is down must never hold the cases.
      void post.deliver({ notificationId }).catch(() => {}).finally(() => { deliveries -= 1 })
    }
    for (const decisionId of decisions) await books.submitFiring({ workflowId, decisionId })
    const idle = () => allHandlersFinished() && deliveries === 0
    if (open === 0 && news === heard) {
      await condition(idle)
      if (news === heard) return
    } else if (workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > HISTORY_MAX) {
      await condition(idle)
      await continueAsNew<typeof documentCases>(input)
    } else if (news === heard) {
      const wait = nextAt === null ? LONGEST_WAIT_MS : Math.min(LONGEST_WAIT_MS, Math.max(0, Date.parse(nextAt) - Date.now()))
      await condition(() => news > heard, wait)
    }
  }
}
