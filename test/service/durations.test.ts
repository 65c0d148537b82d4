/** How long something took, in words. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { durationText } from '../../domain/durations.ts'

const MS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

it('says tenths of short times, seconds of minutes, minutes of hours, hours of days', () => {
  const given = [null, 0, 3, 400, 7_000, 9_949, 9_950, 59_400, 59_600, 250_000, 7_500_000, MS.d - 400, 3 * MS.d + 4 * MS.h + 59 * MS.min]
  expect(given.map((ms) => durationText(ms, 'en'))).toEqual(['', '0 s', '0.1 s', '0.4 s', '7 s', '9.9 s', '10 s', '59 s', '1 min 00 s', '4 min 10 s', '2 h 05 min', '1 d 00 h', '3 d 04 h'])
  expect([250_000, 7_500_000, 400].map((ms) => durationText(ms, 'zh'))).toEqual(['4 分 10 秒', '2 小时 05 分', '0.4 秒'])
})

it('never says more than there was, nor less by more than its smallest unit', () => {
  fc.assert(fc.property(fc.integer({ min: 9_950, max: 400 * MS.d }), (ms) => {
    const parts = [...durationText(ms, 'en').matchAll(/(\d+) (d|h|min|s)/g)].map(([, count, unit]) => ({ ms: Number(count) * MS[unit as keyof typeof MS], unit: MS[unit as keyof typeof MS] }))
    const said = parts.reduce((sum, part) => sum + part.ms, 0)
    expect(said).toBeLessThanOrEqual(ms + 500)
    expect(ms - said).toBeLessThan(parts.at(-1)!.unit)
  }))
})
