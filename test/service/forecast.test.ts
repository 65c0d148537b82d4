/** When a district will be done: from the times of those before it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast, medianOf } from '../../domain/forecast.ts'
import type { Step } from '../../domain/steps.ts'

const samples = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 12 })
const coming: readonly Step[] = ['reconcile', 'carry-forward', 'sign-off']

describe('a forecast', () => {
  it('lies between the quickest and the slowest that is known, the late case after the median', () => {
    fc.assert(fc.property(samples, samples, samples, (a, b, c) => {
      const one = forecast({ coming, spent: 0, times: new Map([['reconcile', a], ['carry-forward', b], ['sign-off', c]]), seed: 'x' })!
      // A time of nothing is over already: then only longer ones are left of the first step.
      const first = a.some((time) => time > 0) ? a.filter((time) => time > 0) : [0]
      expect(one.median).toBeGreaterThanOrEqual(Math.min(...first) + Math.min(...b) + Math.min(...c))
      expect(one.late).toBeLessThanOrEqual(Math.max(...first) + Math.max(...b) + Math.max(...c))
      expect(one.median).toBeLessThanOrEqual(one.late)
      expect(one.rests).toBe(Math.min(a.length, b.length, c.length))
    }))
  })

  it('is the same for the same data, and knows what was spent and who waits in front', () => {
    const input = { coming: ['sign-off'] as const, spent: 50, times: new Map([['sign-off' as const, [40, 60, 80]]]), seed: '152501' }
    expect(forecast(input)).toEqual(forecast(input))
    expect(forecast(input)).toMatchObject({ late: 30 })
    expect(forecast({ ...input, spent: 100 })).toEqual({ median: 100, late: 100, rests: 3 })
    expect(forecast({ ...input, queue: { place: 4, interval: 20 } })).toEqual({ median: 80, late: 80, rests: 3 })
  })

  it('is none while nobody is through a coming step', () => {
    expect(forecast({ coming, spent: 0, times: new Map([['reconcile', [1]]]), seed: '' })).toBeNull()
    expect(medianOf([])).toBeNull()
  })
})
