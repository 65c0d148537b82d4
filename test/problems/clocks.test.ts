/** Working days, the two clocks, and who is called: properties that hold whatever the dates. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadService, promisesOf } from '../../config/service.ts'
import { NoCalendar, dateAt, endOfWorkday, isWorkday } from '../../domain/calendar.ts'
import { type Promises, clocksOf, inTime, reopenedFrom, resolutionFrom, timeLeft } from '../../domain/clocks.ts'
import { dueAlarms, nextAlarms, standingOf, type ProblemEvent } from '../../domain/problem-standing.ts'
import { CHANNELS, PROBLEM_KINDS } from '../../domain/problems.ts'
import { callsOf, onDuty, type Shift } from '../../domain/roster.ts'

const HOUR = 3_600_000
const ZONE = 8 * HOUR
const config = loadService()
const { calendar } = config
const at = (civil: string) => Date.parse(`${civil}+08:00`)
const iso = (moment: number) => new Date(moment + ZONE).toISOString().slice(0, 16)
const WINDOW = { year: 2025, from: at('2025-12-20T00:00'), to: at('2026-01-21T00:00') }
const promises: Promises = { ...promisesOf(config, '152501', at('2025-12-31T00:00'), []), windows: [WINDOW] }
const moments = fc.integer({ min: at('2025-01-01T00:00') / 60_000, max: at('2026-11-30T00:00') / 60_000 }).map((minute) => minute * 60_000)

describe('a working day', () => {
  it('is none on a public holiday, is one on a make-up Sunday, and Monday to Friday else', () => {
    const of = (date: string) => isWorkday(calendar, date)
    expect([of('2026-01-01'), of('2026-01-02'), of('2026-01-03'), of('2026-01-04'), of('2026-01-05')]).toEqual([false, false, false, true, true])
    expect([of('2025-10-08'), of('2025-10-11'), of('2025-10-12'), of('2025-09-28')]).toEqual([false, true, false, true])
  })
  it('counts three of them without the day itself, to the end of the last: over the New Year and over the Spring Festival', () => {
    expect(iso(endOfWorkday(calendar, at('2025-12-30T16:00'), 3, ZONE))).toBe('2026-01-06T00:00')
    expect(iso(endOfWorkday(calendar, at('2026-02-13T09:00'), 3, ZONE))).toBe('2026-02-26T00:00')
    expect(iso(endOfWorkday(calendar, at('2026-06-01T23:59'), 3, ZONE))).toBe('2026-06-05T00:00')
  })
  it('of a year without data is an error that names the year, never a guess', () => {
    expect(() => isWorkday(calendar, '2031-03-03')).toThrow(NoCalendar)
    expect(() => endOfWorkday(calendar, at('2027-12-31T10:00'), 3, ZONE)).toThrow('2028')
  })
  it('has exactly n working days between a moment and the end of the n-th', () => {
    fc.assert(fc.property(moments, fc.integer({ min: 1, max: 8 }), (moment, days) => {
      const end = endOfWorkday(calendar, moment, days, ZONE)
      let count = 0
      for (let day = moment + 24 * HOUR; day < end; day += 24 * HOUR) if (isWorkday(calendar, dateAt(day, ZONE))) count += 1
      // The last day is worked and is counted to its end.
      expect(isWorkday(calendar, dateAt(end - 1, ZONE))).toBe(true)
      expect([days, days - 1]).toContain(count)
      expect((end + ZONE) % (24 * HOUR)).toBe(0)
    }))
  })
})

describe('the clocks of a report', () => {
  const report = fc.record({ channel: fc.constantFrom(...CHANNELS), kind: fc.constantFrom(...PROBLEM_KINDS), calledAt: moments, late: fc.integer({ min: 0, max: 10 * HOUR }) })
    .map(({ late, ...one }) => ({ ...one, openedAt: one.calledAt + late }))
  it('never mix: a response for the online channels alone, a resolution for faults alone', () => {
    fc.assert(fc.property(report, (one) => {
      const { response, resolution } = clocksOf(one, promises, calendar)
      expect(response !== null).toBe(one.channel === 'mini-program' || one.channel === 'wechat')
      expect(resolution !== null).toBe(one.kind === 'fault')
      if (response) expect(response.due - one.calledAt).toBe(2 * HOUR)
    }))
  })
  it('are two hours in the window, three working days outside, and never later than two hours after the window begins', () => {
    fc.assert(fc.property(moments, (from) => {
      const { due, measure, windowYear } = resolutionFrom(from, promises, calendar)
      const inside = from >= WINDOW.from && from < WINDOW.to
      const days = endOfWorkday(calendar, from, 3, ZONE)
      if (inside) expect(due).toBe(from + 2 * HOUR)
      else if (from < WINDOW.from && days > WINDOW.from + 2 * HOUR) expect(due).toBe(WINDOW.from + 2 * HOUR)
      else expect(due).toBe(days)
      expect(measure).toBe(windowYear === null ? 'working-days' : 'hours')
    }))
  })
  it('keep the two hours of the window when it ends meanwhile', () => {
    const from = WINDOW.to - 60_000
    expect(resolutionFrom(from, promises, calendar)).toMatchObject({ due: from + 2 * HOUR, measure: 'hours', windowYear: 2025 })
    expect(resolutionFrom(WINDOW.to, promises, calendar).measure).toBe('working-days')
  })
  it('take exactly 120 minutes as in time, and a millisecond more as late', () => {
    const clock = resolutionFrom(WINDOW.from, promises, calendar)
    expect([inTime(clock, WINDOW.from + 2 * HOUR), inTime(clock, WINDOW.from + 2 * HOUR + 1)]).toEqual([true, false])
  })
  it('go on with what was left when a problem is opened again, or begin anew where the office says so', () => {
    const gap = fc.tuple(fc.integer({ min: 0, max: 119 }), fc.integer({ min: 0, max: 600 }))
    fc.assert(fc.property(gap, ([used, away]) => {
      const from = WINDOW.from + HOUR
      const before = resolutionFrom(from, promises, calendar)
      const [resolved, reopened] = [from + used * 60_000, from + (used + away) * 60_000]
      expect(reopenedFrom(before, resolved, reopened, promises, calendar).due - reopened).toBe(before.due - resolved)
      expect(reopenedFrom(before, resolved, reopened, { ...promises, reopened: 'anew' }, calendar).due - reopened).toBe(2 * HOUR)
    }))
  })
  it('show a pause beside the contractual time, which never stops', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 }), (ms, since) => {
      const { contract, shown } = timeLeft(10_000, 4_000, { ms, since: 4_000 - since })
      expect([contract, shown - contract]).toEqual([6_000, ms + since])
    }))
  })
})

describe('the ladder', () => {
  const from = WINDOW.from + HOUR
  const opened: ProblemEvent = { sequence: 1, at: from, action: 'open', actor: 'a', party: 'engineer', detail: { clocks: { resolution: resolutionFrom(from, promises, calendar), response: null } } }
  it('has every rung once, in order, whenever it is looked at, and the breach right after the limit', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 130 }), { minLength: 1, maxLength: 12 }), (looks) => {
      let events = [opened]
      const raised: number[] = []
      for (const minute of looks.toSorted((a, b) => a - b)) {
        const now = from + minute * 60_000
        for (const { rung, clock, pass, breach } of dueAlarms(standingOf(events), promises, now)) {
          raised.push(rung)
          events = [...events, { sequence: events.length + 1, at: now, action: breach ? 'breach' : 'alarm', actor: 'system', party: 'engineer', detail: { clock, rung, pass, more: false } }]
        }
      }
      const last = Math.max(...looks)
      expect(raised).toEqual([...new Set(raised)].toSorted((a, b) => a - b))
      expect(raised.at(-1) ?? -1).toBe([30, 60, 90, 121].filter((minute) => minute <= last).length - 1)
      const next = nextAlarms(standingOf(events), promises)[0]
      if (next) expect(next.at).toBeGreaterThan(from + last * 60_000)
    }))
    expect(dueAlarms(standingOf([opened]), promises, from + 2 * HOUR).map(({ breach }) => breach)).toEqual([false])
    expect(dueAlarms(standingOf([opened]), promises, from + 2 * HOUR + 1).map(({ breach }) => breach)).toEqual([true])
  })
  it('is silent once the clock has stopped', () => {
    const resolved: ProblemEvent = { sequence: 2, at: from + 60_000, action: 'resolve', actor: 'a', party: null, detail: { confirmedBy: 'u' } }
    expect(nextAlarms(standingOf([opened, resolved]), promises)).toEqual([])
  })
})

describe('the roster', () => {
  const shift = (changed: Partial<Shift>): Shift => ({ level: 'engineer', districts: [], from: at('2025-12-30T20:00'), to: at('2026-01-03T08:00'), daily: { from: 20 * 60, to: 8 * 60 }, people: ['night'], ...changed })
  it('knows the night shift on both sides of midnight, and nobody at noon', () => {
    const names = (civil: string, district = '152501') => onDuty([shift({}), shift({ districts: ['152502'], people: ['other'] })], 'engineer', district, at(civil), ZONE)
    expect([names('2025-12-31T23:59'), names('2026-01-01T00:00'), names('2026-01-01T07:59'), names('2026-01-01T08:00'), names('2025-12-30T19:59')]).toEqual([['night'], ['night'], ['night'], [], []])
    expect(names('2026-01-01T00:00', '152502')).toEqual(['night', 'other'])
  })
  it('calls nobody twice, and in the end the level above', () => {
    const duty: Record<string, string[]> = { engineer: ['a', 'b'], lead: ['b', 'c'] }
    expect(callsOf(['engineer'], ['lead'], (level) => duty[level] ?? [])).toEqual([
      { levels: ['engineer'], people: ['a'] }, { levels: ['engineer'], people: ['b'] }, { levels: ['lead'], people: ['c'] },
    ])
    expect(callsOf(['engineer'], ['lead'], () => [])).toEqual([{ levels: ['engineer'], people: [] }, { levels: ['lead'], people: [] }])
  })
})
