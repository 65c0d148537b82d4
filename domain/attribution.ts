/**
 * Whose minute it was (the service contract asks where a year-end's time went; docs/time.md): every millisecond of a
 * district's year-end, and of a problem, belongs to exactly one party. Pure. Times are milliseconds since the epoch.
 */
import { STEPS, type Step, type StepState } from './steps.ts'

/** A stretch of time of one party; `step` is what held the district up. */
export interface Stretch { from: number; to: number; party: string; step: Step | null }

/** A step as it newly was from `at` on; `waitingOn` are roles, or the code of the league. */
export interface StepMoment { step: Step; state: StepState; waitingOn: string | null; at: number }
/** While it was open, somebody of that owner had to act. `owner` null: the engineer. `to` null: still open. */
export interface OpenFinding { step: Step; owner: string | null; from: number; to: number | null }

/** config/attribution.yaml */
export interface AttributionRules {
  parties: Readonly<Record<string, { zh: string; en: string }>>
  states: Readonly<Record<StepState, string>>
  roles: Readonly<Record<string, string>>
  owners: Readonly<Record<string, string>>
  /** Parties that all districts share: whoever waits for one of them stands in one queue with the others. */
  shared?: readonly string[]
}

export interface RunTimes {
  from: number
  /** The end of the run, or now. */
  to: number
  moments: readonly StepMoment[]
  findings: readonly OpenFinding[]
  /** The league's stretches: a wait for the league is whatever held the league up. */
  league?: { code: string; stretches: readonly Stretch[] }
}

/**
 * The time from `from` to `to`, cut where a step or a finding changed, without gap or overlap, neighbours of the same party
 * and step as one. What counts is the earliest step of the chain that is not approved; after the chain the asset check, then
 * the sign-off.
 */
export function attributeRun({ from, to, moments, findings, league }: RunTimes, rules: AttributionRules): Stretch[] {
  const inside = (at: number) => at > from && at < to
  const cuts = [from, ...new Set([
    ...moments.map(({ at }) => at), ...findings.flatMap((one) => [one.from, one.to ?? to]),
    ...(league?.stretches ?? []).flatMap((one) => [one.from, one.to]),
  ].filter(inside)), to].toSorted((a, b) => a - b)
  const states = new Map<Step, StepMoment>()
  const coming = moments.toSorted((a, b) => a.at - b.at)
  let next = 0
  const stretches: Stretch[] = []
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [begin, end] = [cuts[index]!, cuts[index + 1]!]
    while (next < coming.length && coming[next]!.at <= begin) {
      states.set(coming[next]!.step, coming[next]!)
      next += 1
    }
    const step = holdingUp(states)
    add(stretches, { from: begin, to: end, step, party: partyOf(states.get(step), { begin, findings, league }, rules) })
  }
  return stretches
}

/** The step that the district waits for. */
function holdingUp(states: ReadonlyMap<Step, StepMoment>): Step {
  const open = STEPS.find((step) => states.get(step)?.state !== 'approved')
  return open ?? 'sign-off'
}

type Around = Pick<RunTimes, 'findings' | 'league'> & { begin: number }

function partyOf(moment: StepMoment | undefined, { begin, findings, league }: Around, rules: AttributionRules): string {
  if (!moment) return rules.states.pending
  if (league && moment.waitingOn === league.code) {
    return league.stretches.find((one) => one.from <= begin && begin < one.to)?.party ?? rules.states.running
  }
  if (moment.state === 'awaiting-approval') {
    const asked = (moment.waitingOn ?? '').split(',')
    const role = Object.keys(rules.roles).find((one) => asked.includes(one))
    return role ? rules.roles[role]! : rules.states['awaiting-approval']
  }
  if (moment.state !== 'blocked') return rules.states[moment.state]
  const acting = new Set(findings.filter((one) =>
    one.step === moment.step && one.from <= begin && (one.to === null || begin < one.to))
    .map(({ owner }) => (owner === null ? rules.states.blocked : rules.owners[owner] ?? rules.states.blocked)))
  return Object.keys(rules.parties).find((party) => acting.has(party)) ?? rules.states.blocked
}

/** Events of a problem as the books hold them: from `at` on the minutes are `party`'s, nobody's when null. */
export function attributeEvents(events: readonly { at: number; party: string | null }[], now: number): Stretch[] {
  const stretches: Stretch[] = []
  const ordered = events.toSorted((a, b) => a.at - b.at)
  for (const [index, { at, party }] of ordered.entries()) {
    const to = ordered[index + 1]?.at ?? now
    if (party !== null && to > at) add(stretches, { from: at, to, party, step: null })
  }
  return stretches
}

function add(stretches: Stretch[], next: Stretch): void {
  const last = stretches.at(-1)
  if (last && last.to === next.from && last.party === next.party && last.step === next.step) last.to = next.to
  else if (next.to > next.from) stretches.push({ ...next })
}

/** Milliseconds by party. */
export function timeByParty(stretches: readonly Stretch[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { from, to, party } of stretches) sums.set(party, (sums.get(party) ?? 0) + to - from)
  return sums
}
