/** A reported problem and its clocks: from the first report to the resolution, and anew when it is opened again. */
import { ApplicationFailure, allHandlersFinished, condition, log, proxyLocalActivities, setHandler } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { ProblemWatch } from '../activities/problem-contract.ts'
import { ALLOWED_IN, type ProblemAction } from '../domain/problems.ts'
import { hear, heard } from './hearing.ts'
import { type ProblemInput, type ProblemResult, actUpdate, problemWatchQuery } from './problem-messages.ts'
import { post } from './proxies.ts'

/**
 * Words and alarms are a few short statements each: done within the workflow's own task, a thousand problems that are open at
 * once cost the server a task for each event and no more. Both find by themselves what was done before a worker was killed.
 */
const books = proxyLocalActivities<Activities>({
  startToCloseTimeout: '30s', retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
})
/** After a failure that no retry gets past, until it is tried again: an alarm is late then, but never lost. */
const SECOND_THOUGHT = '1 minute'

/**
 * Waits for people's words and for the moment of the next alarm, whichever comes first. It is started with the first word and
 * ends with the resolution; a word that reopens the problem starts it again under the same id, from the books.
 */
export async function problem({ problemId }: ProblemInput): Promise<ProblemResult> {
  let watch: ProblemWatch | null = null
  let deliveries = 0
  // What comes back late must not undo what is known already.
  const learn = (news: ProblemWatch) => { if (watch === null || news.sequence >= watch.sequence) watch = news }
  const seen = () => watch as ProblemWatch | null
  const over = () => seen()?.state === null || seen()?.state === 'resolved'

  hear(heard(actUpdate, async ({ wordId }) => {
    const { outcome, watch: news, notifications } = await books.actOnProblem({ problemId, wordId, now: isoNow() })
    learn(news)
    notifications?.forEach(deliver)
    return outcome
  }, ({ action }) => refuseUnfit(action, seen())))
  setHandler(problemWatchQuery, seen)

  const delivered = new Set<string>()
  const deliver = (notificationId: string) => {
    if (delivered.has(notificationId)) return
    delivered.add(notificationId)
    deliveries += 1
    // Each attempt stands in the delivery record; a channel that is down must never hold up the next alarm.
    void post.deliver({ notificationId }).catch(() => {}).finally(() => { deliveries -= 1 })
  }
  const untilNext = async ({ sequence, next }: ProblemWatch) => {
    const changed = () => seen()!.sequence !== sequence
    if (next === null) return condition(changed)
    const left = next - Date.now()
    if (left > 0 && await condition(changed, left)) return undefined
    try {
      const raised = await books.raiseProblemAlarms({ problemId, now: isoNow() })
      learn(raised.watch)
      return raised.notifications.forEach(deliver)
    } catch (error) {
      log.error('an alarm could not be raised', { problemId, error: String(error) })
      return condition(changed, SECOND_THOUGHT)
    }
  }

  await condition(() => seen() !== null)
  do {
    while (!over()) await untilNext(seen()!)
    await condition(() => !over() || (allHandlersFinished() && deliveries === 0))
  } while (!over())
  return { problemId, state: seen()!.state }
}

const isoNow = () => new Date(Date.now()).toISOString()

/** Says no at once to what means nothing in the state that is known; the activity judges the rest. */
function refuseUnfit(action: ProblemAction, watch: ProblemWatch | null): void {
  if (watch === null || watch.state === null || ALLOWED_IN[action].includes(watch.state)) return
  throw ApplicationFailure.create({
    message: `the problem is ${watch.state}: ${action} means nothing now`, type: 'wrong-state', nonRetryable: true,
    details: [{ code: 'wrong-state', zh: `问题的状态为 ${watch.state}，不能进行此操作。`, en: `the problem is ${watch.state}: this can not be done` }],
  })
}
