/** Every millisecond of a year-end belongs to exactly one party. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadAttribution } from '../../config/attribution.ts'
import { type OpenFinding, type StepMoment, attributeEvents, attributeRun, timeByParty } from '../../domain/attribution.ts'
import { CHAIN, STEPS, STEP_STATES } from '../../domain/steps.ts'

const RULES = loadAttribution()
const MINUTE = 60_000
const moment = (step: StepMoment['step'], state: StepMoment['state'], minute: number, waitingOn: string | null = null): StepMoment => ({ step, state, at: minute * MINUTE, waitingOn })
const minutes = (sums: ReadonlyMap<string, number>) => Object.fromEntries([...sums].map(([party, ms]) => [party, ms / MINUTE]))

const moments = fc.array(fc.record({
  step: fc.constantFrom(...STEPS), state: fc.constantFrom(...STEP_STATES), at: fc.integer({ min: 0, max: 500 }),
  waitingOn: fc.constantFrom(null, 'engineer', 'finance,coordinator', '152500'),
}), { maxLength: 40 })
const findings = fc.array(fc.record({
  step: fc.constantFrom(...CHAIN), owner: fc.constantFrom(null, 'bank', 'pboc', 'unit', 'treasury-centre'), from: fc.integer({ min: 0, max: 500 }),
  to: fc.option(fc.integer({ min: 0, max: 600 })),
}), { maxLength: 8 }) as fc.Arbitrary<OpenFinding[]>

describe('the time of a run', () => {
  it('is cut without gap or overlap, whatever happened', () => {
    fc.assert(fc.property(moments, findings, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 400 }), (history, open, from, long) => {
      const stretches = attributeRun({ from, to: from + long, moments: history, findings: open }, RULES)
      let at = from
      for (const one of stretches) {
        expect(one.from).toBe(at)
        expect(one.to).toBeGreaterThan(one.from)
        expect(Object.keys(RULES.parties)).toContain(one.party)
        at = one.to
      }
      expect(at).toBe(from + long)
    }))
  })

  it('is of whoever has to act in the step that holds the district up', () => {
    const history = [
      moment('asset-health', 'blocked', 0), moment('in-transit', 'running', 0), moment('in-transit', 'blocked', 2), moment('in-transit', 'awaiting-approval', 30, 'finance,coordinator'),
      moment('in-transit', 'approved', 45), moment('reconcile', 'running', 45, '152500'), moment('reconcile', 'awaiting-approval', 60, 'engineer,finance'),
      moment('reconcile', 'approved', 70), moment('carry-forward', 'running', 70), moment('carry-forward', 'approved', 71), moment('initialise', 'approved', 71),
      moment('asset-health', 'approved', 80), moment('sign-off', 'awaiting-approval', 80, 'coordinator'),
    ]
    const open: OpenFinding[] = [
      { step: 'in-transit', owner: null, from: 0, to: 10 * MINUTE }, { step: 'in-transit', owner: 'bank', from: 0, to: 25 * MINUTE },
      { step: 'in-transit', owner: 'treasury-centre', from: 20 * MINUTE, to: null },
    ]
    const league = { code: '152500', stretches: [{ from: 0, to: 55 * MINUTE, party: 'pboc', step: 'in-transit' as const }, { from: 55 * MINUTE, to: 90 * MINUTE, party: 'system', step: 'reconcile' as const }] }
    const sums = timeByParty(attributeRun({ from: 0, to: 90 * MINUTE, moments: history, findings: open, league }, RULES))
    expect(minutes(sums)).toEqual({
      // 0–2 checking, 55–60 the league's, 70–71 closing
      system: 8,
      // 2–10 own findings, 60–70 the word asked of engineers first, 71–80 the assets
      engineer: 27,
      // 10–20 only the bank's document is open
      bank: 10,
      // 20–30 the payment centre's document, 30–45 the approval, 80–90 the sign-off
      'finance-office': 35,
      // 45–55 the league waited for the People's Bank
      pboc: 10,
    })
  })
})

describe('the time of a problem', () => {
  it('goes from event to event and ends with the resolution', () => {
    const events = [{ at: 0, party: 'engineer' }, { at: 20, party: 'bank' }, { at: 50, party: 'engineer' }, { at: 60, party: null }, { at: 90, party: 'engineer' }]
    expect(Object.fromEntries(timeByParty(attributeEvents(events, 100)))).toEqual({ engineer: 40, bank: 30 })
  })
})
