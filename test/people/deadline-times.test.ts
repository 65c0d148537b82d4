import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type WaitTimes, alarmAt, nextEscalation, parseDuration, withEscalateAfter } from '../../domain/deadlines.ts'

const times = fc.record({
  reminderMs: fc.integer({ min: 1, max: 10_000 }), escalateMs: fc.integer({ min: 1, max: 10_000 }), repeatMs: fc.integer({ min: 1, max: 10_000 }),
  ladder: fc.array(fc.constant(['coordinator']), { minLength: 1, maxLength: 4 }),
}) as fc.Arbitrary<WaitTimes>

describe('the alarms of a wait', () => {
  it('come one after another, climb a rung each time and stay on the last', () => {
    fc.assert(fc.property(times, fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 50 }), (wait, since, position) => {
      const alarm = alarmAt(since, wait, position)
      const after = alarmAt(since, wait, position + 1)
      expect(after.at).toBeGreaterThan(alarm.at)
      expect(after.kind).toBe('escalation')
      expect(after.level).toBe(Math.min(alarm.level + 1, wait.ladder.length))
    }))
  })

  it('remind only before the first escalation', () => {
    fc.assert(fc.property(times, (wait) => {
      expect(alarmAt(0, wait, 0).kind).toBe(wait.reminderMs < wait.escalateMs ? 'reminder' : 'escalation')
    }))
  })

  it('count down to the next escalation, never to a reminder', () => {
    fc.assert(fc.property(times, fc.integer({ min: 0, max: 20 }), (wait, raised) => {
      const next = alarmAt(0, wait, raised)
      expect(nextEscalation(0, wait, raised)).toBe(next.kind === 'reminder' ? wait.escalateMs : next.at)
    }))
  })

  it('keep their proportions under another time of escalation', () => {
    const wait = { reminderMs: 90, escalateMs: 120, repeatMs: 120, ladder: [['a']] }
    expect(withEscalateAfter(wait, 60_000)).toEqual({ reminderMs: 45_000, escalateMs: 60_000, repeatMs: 60_000, ladder: [['a']] })
  })

  it.each([['90m', 5_400_000], ['2h', 7_200_000], ['45s', 45_000], ['500ms', 500]])('read %s', (text, ms) => expect(parseDuration(text)).toBe(ms))
  it.each(['2', 'h', '-1h', '1.5h', '2 h', ''])('do not read %j', (text) => expect(() => parseDuration(text)).toThrow(RangeError))
})
