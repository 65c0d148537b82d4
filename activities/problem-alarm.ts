/** Alarms of a problem's clocks: whoever the ladder says, by the roster of that moment; recorded once, then delivered. */
import type { Transaction } from 'kysely'
import { findNotification, recordAttempt } from '../books/notifications.ts'
import { storeAlarm, undelivered } from '../books/problems/alarms.ts'
import { type HeldProblem, appendEvents, holdProblem, recordBreach } from '../books/problems/store.ts'
import { lockKey } from '../books/problems/words.ts'
import type { Database } from '../books/tables.ts'
import type { ServiceConfig } from '../config/service.ts'
import { CLOCK_WORDS } from '../domain/problem-words.ts'
import { type AlarmPlan, dueAlarms } from '../domain/problem-standing.ts'
import { type Call, callsOf, onDuty } from '../domain/roster.ts'
import { channelsOf } from './channels.ts'
import type { ActivityDeps } from './deps.ts'
import { inTransaction } from './heavy.ts'
import type { ProblemAlarmRequest, ProblemAlarmResult } from './problem-contract.ts'
import { watchOf } from './problem.ts'

/** Raises what is due; asked again after a crash, it finds it raised and names what was not delivered yet. */
export function raiseProblemAlarms(deps: ActivityDeps, { problemId, now }: ProblemAlarmRequest): Promise<ProblemAlarmResult> {
  return inTransaction(deps, async (trx) => {
    await lockKey(trx, problemId)
    let held = await holdProblem(trx, problemId)
    if (!held) return { notifications: [], watch: watchOf(undefined) }
    const at = Date.parse(now)
    const plans = dueAlarms(held.standing, held.promises, at)
    if (plans.length > 0) {
      const service = serviceOf(deps)
      for (const plan of plans) {
        const raised = await raise(trx, held, plan, at, service)
        held = raised.held
        await deliverHere(deps, trx, raised.notificationId)
      }
    }
    return { notifications: leavesTheHouse(deps) ? await undelivered(trx, problemId) : [], watch: watchOf(held) }
  })
}

/** The log and the terminal UI have it at once; what has to leave the house is delivered, and tried again, by itself. */
async function deliverHere(deps: ActivityDeps, trx: Transaction<Database>, notificationId: string): Promise<void> {
  const notification = await findNotification(trx, notificationId)
  for (const channel of channelsOf(deps, { attempts: 1, webhooks: [], smtp: null })) {
    await channel.send(notification)
    await recordAttempt(trx, notificationId, { channel: channel.name, target: channel.target, attempt: 1, state: 'sent' })
  }
}

/** Whether any channel goes out. A file that can not be read is no reason not to try: the delivery says what is wrong. */
function leavesTheHouse(deps: ActivityDeps): boolean {
  try {
    const { webhooks, smtp } = deps.loadDelivery()
    return webhooks.length > 0 || smtp !== null
  } catch {
    return true
  }
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

async function raise(trx: Transaction<Database>, held: HeldProblem, plan: AlarmPlan, at: number, service: ServiceConfig): Promise<{ held: HeldProblem; notificationId: string }> {
  const { clock, rung, pass, breach } = plan
  const { due, from } = held.standing.clocks[clock]!
  const calls = callsOf(plan.to, plan.passOnTo, (level) => onDuty(service.shifts, level, held.district, at, held.promises.zoneMs))
  const call = calls[Math.min(pass, calls.length - 1)]!
  const kind = breach && pass === 0 ? 'breach' : pass > 0 ? 'passed-on' : 'alarm'
  const after = await appendEvents(trx, held, [{
    at, action: kind, actor: 'system', party: held.standing.party,
    detail: { clock, rung, pass, more: pass + 1 < calls.length, people: call.people, levels: call.levels, due, dueAt: new Date(plan.at).toISOString() },
  }])
  if (kind === 'breach') await recordBreach(trx, held, clock, due, at)
  const notificationId = await storeAlarm(trx, {
    problemId: held.problemId, clock, from, rung, pass, kind: breach ? 'breach' : rung === 0 ? 'reminder' : 'escalation', roles: rolesOf(call, service),
    people: peopleOf(call, service), dueAt: plan.at, sequence: after.standing.sequence, ...messageOf(held, plan, call, service),
  })
  return { held: after, notificationId }
}

const rolesOf = ({ levels }: Call, { ladders }: ServiceConfig): string[] => [...new Set(levels.flatMap((level) => ladders.levels[level]?.roles ?? []))]

function peopleOf({ people }: Call, service: ServiceConfig) {
  return people.map((name) => {
    const { email, phone } = service.people.find((one) => one.name === name) ?? {}
    return { name, ...(email ? { email } : {}), ...(phone ? { phone } : {}) }
  })
}

function messageOf(held: HeldProblem, plan: AlarmPlan, { levels, people }: Call, { ladders }: ServiceConfig): { zh: string; en: string } {
  const { due, from } = held.standing.clocks[plan.clock]!
  const word = CLOCK_WORDS[plan.clock]
  const names = (lang: 'zh' | 'en') => (people.length > 0 ? people : levels.map((level) => ladders.levels[level]?.name[lang] ?? level)).join(lang === 'zh' ? '、' : ', ')
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
