/** Alarms of a problem's clocks: whoever the ladder says, by the roster of that moment; recorded once, then delivered. */
import type { Transaction } from 'kysely'
import { findNotifications, recordAttempts } from '../books/notifications.ts'
import { type StoredAlarm, districtsDue, storeAlarms } from '../books/problems/alarms.ts'
import { type HeldProblem, type NewEvent, appendToAll, holdDue, holdProblem, recordBreach } from '../books/problems/store.ts'
import { lockKey, tryKey } from '../books/problems/words.ts'
import type { Database } from '../books/tables.ts'
import type { ServiceConfig } from '../config/service.ts'
import { CLOCK_WORDS } from '../domain/problem-words.ts'
import { type AlarmPlan, dueAlarms } from '../domain/problem-standing.ts'
import { type Call, callsOf, onDuty } from '../domain/roster.ts'
import { channelsOf } from './channels.ts'
import type { ActivityDeps } from './deps.ts'
import { inTransaction } from './heavy.ts'
import type { ProblemAlarmRequest, ProblemAlarmResult } from './problem-contract.ts'
import { unposted } from './problem-post.ts'
import { watchOf } from './problem.ts'

/**
 * Raises what is due; asked again after a crash, it finds it raised and names what was not delivered yet. Then it lends its
 * neighbours a hand: many alarms of one moment go out together, and whoever comes later finds its own raised.
 */
export async function raiseProblemAlarms(
  deps: ActivityDeps, { problemId, now }: ProblemAlarmRequest,
): Promise<ProblemAlarmResult> {
  const at = Date.parse(now)
  const own = await inTransaction(deps, async (trx): Promise<ProblemAlarmResult> => {
    await lockKey(trx, problemId)
    const held = await holdProblem(trx, problemId)
    if (!held) return { notifications: [], watch: watchOf(undefined) }
    const [after] = await raiseDue(deps, trx, [held], at)
    return { notifications: await unposted(deps, trx, problemId), watch: watchOf(after) }
  })
  await raiseNeighbours(deps, at)
  return own
}

/** How much one call does for others: it is part of a workflow's own task, which must not take long. */
const NEIGHBOURS_AT_ONCE = 100
const HELPS_FOR_MS = 2_000

/** Those of districts that nobody is at, one after another. What goes wrong is left to each problem's own call. */
async function raiseNeighbours(deps: ActivityDeps, at: number): Promise<void> {
  const until = performance.now() + HELPS_FOR_MS
  const leave = (error: unknown): string[] => {
    deps.log.warn({ error: String(error) }, '其他问题的提醒留待各自发出 the alarms of other problems are left to themselves')
    return []
  }
  for (const district of await districtsDue(deps.books.db, at).catch(leave)) {
    if (performance.now() > until) return
    await inTransaction(deps, async (trx) => {
      if (await tryKey(trx, `alarms of ${district}`)) {
        await raiseDue(deps, trx, await holdDue(trx, district, at, NEIGHBOURS_AT_ONCE), at)
      }
    }).catch(leave)
  }
}

/** Raises what is due of each of these problems, of one district; gives them as they are afterwards, in their order. */
async function raiseDue(
  deps: ActivityDeps, trx: Transaction<Database>, problems: readonly HeldProblem[], at: number,
): Promise<HeldProblem[]> {
  const plans = problems.map((held) => ({ held, plans: dueAlarms(held.standing, held.promises, at) }))
  if (plans.every((one) => one.plans.length === 0)) return [...problems]
  const service = serviceOf(deps)
  const raised = plans.map((one) => ({ held: one.held, raised: one.plans.map((plan, index) => raise(one.held, plan, {
    at, service, sequence: one.held.standing.sequence + 1 + index,
  })) }))
  const after = await appendToAll(trx, raised.map((one) => ({ held: one.held, events: one.raised.map(({ event }) => event) })))
  for (const { held, raised: own } of raised) {
    for (const { event, due, alarm: { clock } } of own) {
      if (event.action === 'breach') await recordBreach(trx, held, clock, due, at)
    }
  }
  await deliverHere(deps, trx, await storeAlarms(trx, raised.flatMap((one) => one.raised.map(({ alarm }) => alarm))))
  return after
}

/** The log and the terminal UI have them at once; what has to leave the house is delivered, and tried again, by itself. */
async function deliverHere(deps: ActivityDeps, trx: Transaction<Database>, ids: readonly string[]): Promise<void> {
  const channels = channelsOf(deps, { attempts: 1, webhooks: [], smtp: null })
  for (const notification of await findNotifications(trx, ids)) for (const channel of channels) await channel.send(notification)
  await recordAttempts(
    trx,
    ids.flatMap((id) => channels.map(({ name, target }) => ({ id, channel: name, target, attempt: 1, state: 'sent' as const }))),
  )
}

/** A mistake in the office's configuration must not silence an alarm: the levels of the built-in one are called then. */
function serviceOf(deps: ActivityDeps): ServiceConfig {
  try {
    return deps.loadService()
  } catch (error) {
    deps.log.warn({ error: String(error) }, '服务配置有误，提醒按内置配置发出 the service configuration is wrong: alarms go by the built-in one')
    return deps.loadService({ builtIn: true })
  }
}

interface Raised { event: NewEvent; due: number; alarm: StoredAlarm }

/** What an alarm is in the books; `sequence` is the number of its event. */
function raise(
  held: HeldProblem, plan: AlarmPlan, { at, service, sequence }: { at: number; service: ServiceConfig; sequence: number },
): Raised {
  const { clock, rung, pass, breach } = plan
  const { due, from } = held.standing.clocks[clock]!
  const calls = callsOf(plan.to, plan.passOnTo, (level) => onDuty(service.shifts, level, held.district, at, held.promises.zoneMs))
  const call = calls[Math.min(pass, calls.length - 1)]!
  return {
    due, event: {
      at, action: breach && pass === 0 ? 'breach' : pass > 0 ? 'passed-on' : 'alarm', actor: 'system', party: held.standing.party,
      detail: {
        clock, rung, pass, more: pass + 1 < calls.length, people: call.people, levels: call.levels, due,
        dueAt: new Date(plan.at).toISOString(),
      },
    },
    alarm: {
      problemId: held.problemId, clock, from, rung, pass, kind: breach ? 'breach' : rung === 0 ? 'reminder' : 'escalation',
      roles: rolesOf(call, service),
      people: peopleOf(call, service), dueAt: plan.at, sequence, ...messageOf(held, plan, call, service),
    },
  }
}

const rolesOf = ({ levels }: Call, { ladders }: ServiceConfig): string[] =>
  [...new Set(levels.flatMap((level) => ladders.levels[level]?.roles ?? []))]

function peopleOf({ people }: Call, service: ServiceConfig) {
  return people.map((name) => {
    const { email, phone } = service.people.find((one) => one.name === name) ?? {}
    return { name, ...(email ? { email } : {}), ...(phone ? { phone } : {}) }
  })
}

function messageOf(
  held: HeldProblem, plan: AlarmPlan, { levels, people }: Call, { ladders }: ServiceConfig,
): { zh: string; en: string } {
  const { due, from } = held.standing.clocks[plan.clock]!
  const word = CLOCK_WORDS[plan.clock]
  const names = (lang: 'zh' | 'en') =>
    (people.length > 0 ? people : levels.map((level) => ladders.levels[level]?.name[lang] ?? level))
      .join(lang === 'zh' ? '、' : ', ')
  const minutes = (ms: number) => Math.round(ms / 60_000)
  const about = `${held.problemId} ${held.district} ${held.user}`
  const text = held.text.replace(/\s+/g, ' ').slice(0, 80)
  if (plan.breach) {
    return {
      zh: `违约：问题 ${about} 的${word.zh}时限已过（${minutes(due - from)} 分钟）。通知 ${names('zh')}。${text}`,
      en: `Breach: the ${word.en} time of problem ${about} is over (${minutes(due - from)} min). To ${names('en')}. ${text}`,
    }
  }
  return {
    zh: `${plan.pass > 0 ? '转呼' : '提醒'} ${names('zh')}：问题 ${about} 的${word.zh}时限还剩 ${minutes(due - plan.at)} 分钟。${text}`,
    en: `${plan.pass > 0 ? 'Passed on to' : 'Alarm for'} ${names('en')}: ${minutes(due - plan.at)} min of the ${word.en} time of problem ${about} are left. ${text}`,
  }
}
