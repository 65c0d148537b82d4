/** Where districts wait together for the same one: people who give their word, or a counterpart that all of them share. */
import type { AttributionRules, Stretch } from '../../domain/attribution.ts'
import { medianOf } from '../../domain/forecast.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import type { RunTimeline } from './timelines.ts'

/** `for`: roles, or a party of the rules, whose `name` is given then. `interval`: milliseconds for one of those who wait. */
export interface Queue { for: string; name: { zh: string; en: string } | null; place: number; interval: number }

/** The queue in which a district stands with the step that holds it up; null where it waits for nobody that others wait for. */
export function queueOf(run: RunTimeline, step: Step, current: readonly RunTimeline[], rules: AttributionRules): Queue | null {
  const own = run.steps.get(step)
  if (own?.state === 'awaiting-approval' && own.waitingOn) return queueForWord(own, own.waitingOn, current)
  const party = heldUpBy(run)?.party
  return party !== undefined && rules.shared?.includes(party) ? queueForParty(run, party, current, rules) : null
}

/** The longest waiting first; the usual time between two words while somebody waited. */
function queueForWord(own: object, roles: string, current: readonly RunTimeline[]): Queue {
  const waiting = current.flatMap((one) => [...one.steps.values()].filter(
    (other) => other.state === 'awaiting-approval' && other.waitingOn === roles,
  )).toSorted((a, b) => a.since - b.since)
  const words = current.flatMap((one) => STEPS.flatMap((step) => {
    const state = one.steps.get(step)
    return state?.state === 'approved' ? [state.since] : []
  }))
  return { for: roles, name: null, place: waiting.findIndex((other) => other === own) + 1, interval: usualGap(words) }
}

/** The same where a bank or the People's Bank is waited for; the usual time between two that it let go. */
function queueForParty(run: RunTimeline, party: string, current: readonly RunTimeline[], rules: AttributionRules): Queue {
  const waiting = current.filter((one) => heldUpBy(one)?.party === party)
    .toSorted((a, b) => heldUpBy(a)!.from - heldUpBy(b)!.from)
  const letGo = current.flatMap((one) => one.stretches.filter((stretch) => stretch.party === party && stretch !== heldUpBy(one))
    .map(({ to }) => to))
  return {
    for: party, name: rules.parties[party] ?? null, place: waiting.indexOf(run) + 1, interval: usualGap(letGo),
  }
}

/** The stretch that goes on while its own documents block it; a wait for the league is in the league's queue. */
function heldUpBy({ state, stretches, steps }: RunTimeline): Stretch | undefined {
  const last = state === 'running' ? stretches.at(-1) : undefined
  return last?.step && steps.get(last.step)?.state === 'blocked' ? last : undefined
}

function usualGap(moments: readonly number[]): number {
  const ordered = [...new Set(moments)].toSorted((a, b) => a - b)
  return medianOf(ordered.slice(1).map((at, index) => at - ordered[index]!)) ?? 0
}
