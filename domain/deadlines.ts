/**
 * The deadlines of a wait on a person (CONTRACT §5): a reminder, then the ladder, level by level.
 * All are absolute times, computed from the moment at which the wait began: nothing here knows of restarts or pauses.
 */

/** Durations in milliseconds; they come in as input, a workflow never reads configuration. */
export interface WaitTimes {
  reminderMs: number
  escalateMs: number
  repeatMs: number
  /** Roles told at level 1, 2, …; the last level repeats. */
  ladder: readonly (readonly string[])[]
}

/** One alarm of a wait. Level 0 is the reminder to the person; 1 and above climb the ladder and stay on its last rung. */
export interface Alarm {
  kind: 'reminder' | 'escalation'
  level: number
  /** Milliseconds since the epoch. */
  at: number
  /** Roles of the rung; empty for a reminder, which goes to the one who is waited for. */
  roles: readonly string[]
}

/**
 * The alarm of a wait by its position: 0 is the reminder, 1 the first escalation, and so on without end.
 * A reminder that would not come before the first escalation is left out: position 0 is then that escalation.
 */
export function alarmAt(since: number, times: WaitTimes, position: number): Alarm {
  const reminds = times.reminderMs < times.escalateMs
  if (reminds && position === 0) return { kind: 'reminder', level: 0, at: since + times.reminderMs, roles: [] }
  const rung = reminds ? position : position + 1
  const level = Math.min(rung, times.ladder.length)
  return {
    kind: 'escalation', level, at: since + times.escalateMs + (rung - 1) * times.repeatMs, roles: times.ladder[level - 1] ?? [],
  }
}

/** When the wait escalates next, given how many alarms were raised: what screens count down to. */
export function nextEscalation(since: number, times: WaitTimes, raised: number): number {
  const next = alarmAt(since, times, raised)
  return next.kind === 'escalation' ? next.at : alarmAt(since, times, raised + 1).at
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `90m`, `2h`, `45s`, `500ms`. @throws RangeError on another text */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text.trim())
  if (!match) throw new RangeError(`not a duration such as 90m, 2h, 45s: ${text}`)
  return Number(match[1]) * UNITS[match[2]!]!
}

/** The same waits with another time of escalation: reminder and repetition keep their proportion to it. */
export function withEscalateAfter(times: WaitTimes, escalateMs: number): WaitTimes {
  const scale = (ms: number) => Math.max(1, Math.round((ms * escalateMs) / times.escalateMs))
  return { ...times, escalateMs, reminderMs: scale(times.reminderMs), repeatMs: scale(times.repeatMs) }
}
