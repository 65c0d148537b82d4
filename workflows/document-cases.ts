/**
 * The cases of a district's documents in transit. One workflow for each district and year, however many documents: the cases
 * are rows of the books, the workflow holds nothing but the time at which the next of them needs something. What came due
 * while everything was down is done, once, when it is back.
 */
import {
  allHandlersFinished, condition, continueAsNew, isCancellation, log, setHandler, workflowInfo,
} from '@temporalio/workflow'
import type { CasesTended } from '../activities/case-contract.ts'
import { type CasesInput, casesChangedSignal, decideDefaultUpdate } from './case-messages.ts'
import { books, post, sql } from './proxies.ts'

/** Looks at least once a day, so that it ends with a run that ended without a word. */
const LONGEST_WAIT_MS = 24 * 3_600_000
/** After a fault that another try at once would not help: the watch over deadlines must outlive it. */
const FAULT_WAIT_MS = 10 * 60_000
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
    const { open, nextAt, notifications, words, decisions, workflowId } = await tend(input)
    for (const notificationId of notifications) {
      deliveries += 1
      // Each attempt stands in the delivery record; a channel that is down must never hold the cases.
      void post.deliver({ notificationId }).catch(() => {}).finally(() => { deliveries -= 1 })
    }
    news += words.length
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

/** What is due now; when the books can not say, they are asked again later. */
async function tend(input: CasesInput): Promise<CasesTended> {
  const now = Date.now()
  try {
    const tended = await sql.tendCases({ ...input, at: new Date(now).toISOString() })
    for (const defaultId of tended.words) await books.judgeDefault({ defaultId })
    return tended
  } catch (error) {
    if (isCancellation(error)) throw error
    log.error('the cases of the district could not be looked after', { ...input, error: String(error) })
    return {
      open: 1, nextAt: new Date(now + FAULT_WAIT_MS).toISOString(), notifications: [], words: [], decisions: [], workflowId: '',
    }
  }
}
