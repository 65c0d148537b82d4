/** Judges people's signed words on a problem and writes what they change: events, projection, breaches, in one transaction. */
import type { Transaction } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { answerAlarms } from '../books/problems/alarms.ts'
import {
  type HeldProblem, type NewEvent, appendEvents, createProblem, holdProblem, liveWindows, recordBreach, withdrawBreach,
} from '../books/problems/store.ts'
import { linkProblem } from '../books/problems/links.ts'
import { type StoredWord, type Verdict, judgedWord, lockKey, lockWord } from '../books/problems/words.ts'
import type { Database } from '../books/tables.ts'
import { ConfigError } from '../config/load.ts'
import { type ServiceConfig, promisesOf } from '../config/service.ts'
import { NoCalendar } from '../domain/calendar.ts'
import { CLOCKS, clockStart, clocksOf, inTime, reopenedFrom } from '../domain/clocks.ts'
import { type EventDetail, type ProblemStanding, nextAlarms } from '../domain/problem-standing.ts'
import { type OpenWord, type ProblemWord, SERVICE_PARTY } from '../domain/problems.ts'
import type { ActRequest, ActResult, ProblemWatch } from './problem-contract.ts'
import type { ActivityDeps } from './deps.ts'
import { inTransaction } from './heavy.ts'
import { judgeIdentity } from './judge.ts'
import { judgeWord, readWord, verdict } from './problem-judge.ts'
import { unposted } from './problem-post.ts'

/** Judges the word of that id. A word is judged once: asked again, it gives the same answer. */
export function actOnProblem(deps: ActivityDeps, { problemId, wordId, now }: ActRequest): Promise<ActResult> {
  return inTransaction(deps, async (trx) => {
    const row = UUID.test(wordId) ? await lockWord(trx, wordId) : undefined
    await lockKey(trx, problemId)
    const held = await holdProblem(trx, problemId)
    if (!row || row.problemId !== problemId) {
      return answer(verdict('malformed', '没有这份签名的记录。', 'there is no such signed word'), held)
    }
    if (row.accepted !== null) {
      return {
        ...answer(row.accepted ? null : { code: row.refusalCode!, zh: row.refusalZh!, en: row.refusalEn! }, held),
        notifications: await unposted(deps, trx, problemId),
      }
    }
    const judged = await judgeNew(deps, trx, row, held, Date.parse(now))
    await judgedWord(trx, wordId, judged.no)
    if (judged.no) {
      await appendAudit(trx, {
        district: judged.district, kind: 'problem.refused', actor: row.actor, subject: problemId.slice(0, 64),
        detail: { word: wordId, action: row.action, code: judged.no.code, reason: judged.no.en },
      })
    }
    return { ...answer(judged.no, judged.held), notifications: await unposted(deps, trx, problemId) }
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const answer = (no: Verdict | null, held: HeldProblem | undefined): ActResult =>
  ({ outcome: no ? { accepted: false, refusal: no } : { accepted: true }, watch: watchOf(held) })

/** What the workflow goes on with. */
export function watchOf(held: HeldProblem | undefined): ProblemWatch {
  if (!held) return { sequence: 0, state: null, next: null }
  const { standing, promises } = held
  return { sequence: standing.sequence, state: standing.state, next: nextAlarms(standing, promises)[0]?.at ?? null }
}

interface Judged { no: Verdict | null; held: HeldProblem | undefined; district: string }

async function judgeNew(
  deps: ActivityDeps, trx: Transaction<Database>, row: StoredWord, held: HeldProblem | undefined, now: number,
): Promise<Judged> {
  const reading = readWord(row, now)
  const district = held?.district ?? (reading.word?.action === 'open' ? reading.word.district : '')
  const refuse = (no: Verdict): Judged => ({ no, held, district })
  if (reading.refusal) return refuse(reading.refusal)
  const { word } = reading
  const identity = judgeIdentity(row, deps.loadActors())
  if (identity.refusal) return refuse(identity.refusal)
  try {
    const config = deps.loadService()
    const no = judgeWord(identity.actor, word, held, config.service, deps.loadActors())
    if (no) return refuse(no)
    const after = word.action === 'open' ? await open(trx, word, config) : await act(trx, word, held!, config)
    return { no: null, held: after, district }
  } catch (error) {
    if (error instanceof NoCalendar) return refuse(verdict(error.code, error.zh, error.en))
    if (error instanceof ConfigError) {
      return refuse(verdict(
        'configuration', `配置有误：${error.problems.join('；')}`, `the configuration is wrong: ${error.problems.join('; ')}`,
      ))
    }
    throw error
  }
}

async function open(trx: Transaction<Database>, word: OpenWord, config: ServiceConfig): Promise<HeldProblem> {
  const [calledAt, openedAt] = [Date.parse(word.calledAt), Date.parse(word.signedAt)]
  const report = { channel: word.channel, kind: word.kind, calledAt, openedAt }
  const promises = promisesOf(config, word.district, calledAt, await liveWindows(trx, word.district))
  const clocks = clocksOf(report, promises, config.calendar)
  const created = await createProblem(trx, word, promises, clockStart(report, promises))
  const held = await appendEvents(trx, created, [{
    at: openedAt, action: 'open', actor: word.actor, party: SERVICE_PARTY, wordId: word.wordId,
    detail: {
      clocks, channel: word.channel, kind: word.kind, user: word.user, calledAt: word.calledAt,
      ...(word.from ? { from: word.from } : {}),
    },
  }])
  if (word.from) await linkProblem(trx, word.problemId, word.from, openedAt)
  return held
}

async function act(
  trx: Transaction<Database>, word: Exclude<ProblemWord, OpenWord>, held: HeldProblem, config: ServiceConfig,
): Promise<HeldProblem> {
  const at = Date.parse(word.signedAt)
  const said = await appendEvents(trx, held, [{
    at, action: word.action, actor: word.actor, wordId: word.wordId, party: partyAfter(word, held.standing),
    detail: detailOf(word, held, config),
  }])
  await answerAlarms(trx, word.problemId, word.action, word.actor, at)
  return settle(trx, said, held.standing, word, at)
}

/** Whose minutes run from here on. */
function partyAfter(word: Exclude<ProblemWord, OpenWord>, before: ProblemStanding): string | null {
  if (word.action === 'wait') return word.on
  if (word.action === 'resolve') return null
  return before.state === 'waiting' && word.action !== 'resume' ? before.party : SERVICE_PARTY
}

function detailOf(
  word: Exclude<ProblemWord, OpenWord>, { standing, promises }: HeldProblem, { calendar }: ServiceConfig,
): EventDetail {
  switch (word.action) {
    case 'assign': return { assignee: word.to, comment: word.comment }
    case 'wait': return { waitingOn: word.on, reason: word.reason, pauses: promises.pausing.includes(word.on) }
    case 'resolve': return { confirmedBy: word.confirmedBy, comment: word.comment }
    case 'reopen': {
      const before = standing.clocks.resolution
      const clock = before && reopenedFrom(before, standing.resolved!.at, Date.parse(word.signedAt), promises, calendar)
      return { reason: word.reason, clocks: { resolution: clock } }
    }
    default: return { comment: word.comment }
  }
}

/** A clock that this word has stopped: late without a breach on record yet, or in time with one. */
async function settle(
  trx: Transaction<Database>, held: HeldProblem, before: ProblemStanding, word: Exclude<ProblemWord, OpenWord>, at: number,
): Promise<HeldProblem> {
  const events: NewEvent[] = []
  for (const clock of CLOCKS) {
    const now = held.standing.clocks[clock]
    if (!now || now.stoppedAt === null || before.clocks[clock]?.stoppedAt !== null) continue
    const { due } = now
    const ok = inTime(now, now.stoppedAt)
    if (ok === !now.breached) continue
    events.push({
      at, action: ok ? 'breach-withdrawn' : 'breach', actor: 'system', party: held.standing.party, detail: { clock, due },
    })
    if (ok) await withdrawBreach(trx, held.problemId, clock, due, word.wordId, at)
    else await recordBreach(trx, { ...held, standing: before }, clock, due, at)
  }
  return events.length > 0 ? appendEvents(trx, held, events) : held
}
