/** Depreciation against a computation of its own: month by month in whole fen fractions, as the regulation reads. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { COMPUTER, type Card, YEAR, check } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

/** Walks the calendar from the month of acquisition to December, at most `life` months; rounds the share half up. */
function depreciated(cost: bigint, acquired: string, life: number): { months: number; fen: bigint } {
  let [year, month] = [Number(acquired.slice(0, 4)), Number(acquired.slice(5, 7))]
  let months = 0
  while (year <= YEAR && months < life) {
    months += 1
    month += 1
    if (month === 13) [year, month] = [year + 1, 1]
  }
  const whole = (cost * BigInt(months)) / BigInt(life)
  const rest = (cost * BigInt(months)) % BigInt(life)
  return { months, fen: rest * 2n >= BigInt(life) ? whole + 1n : whole }
}

const DAY = fc.integer({ min: 0, max: 40 * 365 }).map((days) => new Date(Date.UTC(1987, 0, 1) + days * 86_400_000).toISOString().slice(0, 10))
const CARD = fc.record({ cost: fc.oneof(fc.bigInt(1n, 500n), fc.bigInt(1n, 99_999_999_999_999n)), acquired: DAY, life: fc.integer({ min: 72, max: 720 }), off: fc.bigInt(-101n, 101n) })

it('finds F06 and F08 exactly where the months say so', async () => {
  await fc.assert(fc.asyncProperty(fc.array(CARD, { minLength: 40, maxLength: 80 }), async (wanted) => {
    const cards: Card[] = wanted.map(({ cost, acquired, life, off }, index) => {
      const accumulated = depreciated(cost, acquired, life).fen + off
      return { ...COMPUTER, asset_no: `P${index}`, cost, acquired_on: acquired, life_months: life, accumulated_depreciation: accumulated }
    })
    const { found } = await check(test, '152501', cards)
    const rules = (rule: string) => new Set(found.filter((finding) => finding.rule === rule).map(({ key }) => key))
    const [f06, f08] = [rules('F06'), rules('F08')]
    wanted.forEach(({ cost, acquired, life, off }, index) => {
      const { months } = depreciated(cost, acquired, life)
      expect([`P${index}`, f06.has(`P${index}`)]).toEqual([`P${index}`, off > 100n || off < -100n])
      expect([`P${index}`, f08.has(`P${index}`)]).toEqual([`P${index}`, months >= life && off !== 0n])
    })
  }), { numRuns: 12 })
})

it.each([
  ['the last day of the year', '2025-12-31', 1], ['the first day of the last month', '2025-12-01', 1], ['November', '2025-11-30', 2],
  ['after the year', '2026-01-01', 0], ['five years', '2021-01-15', 60], ['beyond the life', '1999-01-01', 72],
])('counts the month of acquisition: %s', async (_, acquired, months) => {
  const card: Card = { ...COMPUTER, acquired_on: acquired, cost: 7_200_000n, accumulated_depreciation: BigInt(months) * 100_000n + 101n }
  const { found } = await check(test, '152501', [card])
  expect(found.find(({ rule }) => rule === 'F06')?.message_en).toContain(`straight-line ${(months * 1000).toFixed(2)} (${months} of 72 months)`)
})
