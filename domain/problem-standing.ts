/** A problem as its events leave it, and which alarm comes next. Pure: the worker, the read models and the tests share it. */
import { CLOCKS, type Clock, type Promises, type Started, rungsOf } from './clocks.ts'
import { type EventAction, type ProblemState, SERVICE_PARTY } from './problems.ts'

/** An event as the books hold it; `detail` has what its action needs. Times are milliseconds since the epoch. */
export interface ProblemEvent {
  sequence: number
  at: number
  action: EventAction
  actor: string
  party: string | null
  detail: EventDetail
}
export interface EventDetail {
  clocks?: { [C in Clock]?: Started | null }
  clock?: Clock
  /** Position on the ladder, from 0; `pass`: how often the alarm of that rung was passed on. */
  rung?: number
  pass?: number
  /** Whether somebody is left to pass it on to. */
  more?: boolean
  people?: readonly string[]
  due?: number
  /** When the alarm was to go out, ISO 8601 UTC. */
  dueAt?: string
  assignee?: string
  waitingOn?: string
  reason?: string
  comment?: string
  confirmedBy?: string
  /** The shown clock stands still from here. */
  pauses?: boolean
  [name: string]: unknown
}

export interface Alarmed { rung: number; pass: number; at: number; more: boolean; people: readonly string[]; answered: boolean }
export interface ClockStanding extends Started {
  stoppedAt: number | null
  /** The last alarm that was raised. */
  alarmed: Alarmed | null
  breached: boolean
}

export interface ProblemStanding {
  sequence: number
  state: ProblemState
  party: string | null
  assignee: string | null
  waiting: { on: string; since: number; reason: string } | null
  paused: { ms: number; since: number | null }
  responded: { at: number; by: string } | null
  resolved: { at: number; confirmedBy: string } | null
  clocks: { [C in Clock]: ClockStanding | null }
}

const NOTHING: ProblemStanding = {
  sequence: 0, state: 'open', party: SERVICE_PARTY, assignee: null, waiting: null, paused: { ms: 0, since: null },
  responded: null,
  resolved: null, clocks: { response: null, resolution: null },
}

/** The problem after all of its events, in order. */
export const standingOf = (events: readonly ProblemEvent[]): ProblemStanding => events.reduce(afterEvent, NOTHING)

/** The problem after one more event. */
export function afterEvent(before: ProblemStanding, event: ProblemEvent): ProblemStanding {
  const { action, at, actor, detail } = event
  const next = { ...before, sequence: event.sequence, party: event.party }
  switch (action) {
    case 'open': return {
      ...next, clocks: { response: started(detail.clocks?.response), resolution: started(detail.clocks?.resolution) },
    }
    case 'acknowledge': return answered({
      ...next, state: next.state === 'open' ? 'acknowledged' : next.state, responded: next.responded ?? { at, by: actor },
      clocks: { ...next.clocks, response: stopped(next.clocks.response, at) },
    })
    case 'take': return answered(next)
    case 'assign': return answered({
      ...next, assignee: detail.assignee ?? null, state: next.state === 'waiting' ? 'waiting' : 'assigned',
    })
    case 'wait': return answered({
      ...unpaused(next, at), state: 'waiting', waiting: { on: detail.waitingOn ?? '', since: at, reason: detail.reason ?? '' },
      paused: { ms: unpaused(next, at).paused.ms, since: detail.pauses ? at : null },
    })
    case 'resume': return { ...unpaused(next, at), state: atWork(next), waiting: null }
    case 'resolve': return {
      ...unpaused(next, at), state: 'resolved', waiting: null, resolved: { at, confirmedBy: detail.confirmedBy ?? '' },
      responded: next.responded ?? { at, by: actor },
      clocks: { response: stopped(next.clocks.response, at), resolution: stopped(next.clocks.resolution, at) },
    }
    case 'reopen': return {
      ...next, state: atWork(next), resolved: null, clocks: { ...next.clocks, resolution: started(detail.clocks?.resolution) },
    }
    case 'alarm': case 'passed-on': return withClock(next, detail, (clock) => ({ ...clock, alarmed: alarmedBy(event) }))
    case 'breach': return withClock(next, detail, (clock) => ({
      ...clock, breached: true, alarmed: clock.stoppedAt === null ? alarmedBy(event) : clock.alarmed,
    }))
    case 'breach-withdrawn': return withClock(next, detail, (clock) => ({ ...clock, breached: false }))
    default: return action satisfies never
  }
}

const started = (clock: Started | null | undefined): ClockStanding | null =>
  (clock ? { ...clock, stoppedAt: null, alarmed: null, breached: false } : null)
const stopped = (clock: ClockStanding | null, at: number): ClockStanding | null =>
  (clock && clock.stoppedAt === null ? { ...clock, stoppedAt: at } : clock)

function atWork({ assignee, responded }: ProblemStanding): ProblemState {
  if (assignee !== null) return 'assigned'
  return responded ? 'acknowledged' : 'open'
}

function unpaused(standing: ProblemStanding, at: number): ProblemStanding {
  const { ms, since } = standing.paused
  return { ...standing, paused: { ms: since === null ? ms : ms + Math.max(0, at - since), since: null } }
}

/** Whoever acts on a problem has heard the alarms: they are passed on no more. */
function answered(standing: ProblemStanding): ProblemStanding {
  const heard = (clock: ClockStanding | null) =>
    (clock?.alarmed ? { ...clock, alarmed: { ...clock.alarmed, answered: true } } : clock)
  return { ...standing, clocks: { response: heard(standing.clocks.response), resolution: heard(standing.clocks.resolution) } }
}

function withClock(
  standing: ProblemStanding, { clock }: EventDetail, change: (clock: ClockStanding) => ClockStanding,
): ProblemStanding {
  const own = clock && standing.clocks[clock]
  return own ? { ...standing, clocks: { ...standing.clocks, [clock]: change(own) } } : standing
}

function alarmedBy({ at, detail: { rung = 0, pass = 0, more = false, people = [], dueAt } }: ProblemEvent): Alarmed {
  // The time to answer counts from when the alarm was due; from when it went out, where it was held up.
  const due = dueAt === undefined ? at : Date.parse(dueAt)
  return { rung, pass, at: at - due < HELD_UP_MS ? due : at, more, people, answered: false }
}
const HELD_UP_MS = 60_000

/** An alarm that is to come: of a rung, or of the same rung once more to the next in line. */
export interface AlarmPlan {
  clock: Clock; rung: number; pass: number; at: number; breach: boolean; to: readonly string[]; passOnTo: readonly string[]
}

/** The alarms that each running clock has next, soonest first. */
export function nextAlarms(standing: ProblemStanding, promises: Promises): AlarmPlan[] {
  return CLOCKS.flatMap((clock) => plansOf(clock, standing.clocks[clock], promises).slice(0, 1)).toSorted((a, b) => a.at - b.at)
}

/**
 * The alarms that are due at `now`. Of rungs that were passed meanwhile (the worker was away, the report was written down
 * late) only the highest is called: an alarm that the next one has overtaken would be a late one.
 */
export function dueAlarms(standing: ProblemStanding, promises: Promises, now: number): AlarmPlan[] {
  return CLOCKS.flatMap((clock) => plansOf(clock, standing.clocks[clock], promises).filter(({ at }) => at <= now).slice(-1))
}

function plansOf(clock: Clock, standing: ClockStanding | null, promises: Promises): AlarmPlan[] {
  if (!standing || standing.stoppedAt !== null) return []
  const { alarmed } = standing
  const rungs = rungsOf(clock, standing, promises).map(({ at, rung }, index): AlarmPlan =>
    ({ clock, rung: index, pass: 0, at, breach: rung.breach === true, to: rung.to, passOnTo: rung.passOnTo }))
  const ahead = rungs.filter(({ rung }) => rung > (alarmed?.rung ?? -1))
  if (!alarmed || alarmed.answered || !alarmed.more) return ahead
  const own = rungs[alarmed.rung]!
  const passOn: AlarmPlan = { ...own, pass: alarmed.pass + 1, at: alarmed.at + promises.passOnMs }
  // The next rung calls anyway: nobody is called twice within its shadow.
  return ahead[0] && ahead[0].at <= passOn.at ? ahead : [passOn, ...ahead]
}
