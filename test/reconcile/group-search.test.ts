/** n:m: groups by hand, then random leftovers against every subset there is, in any order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GROUPS_MAX, type Group, type Item, searchGroups } from '../../books/steps/reconcile/group-search.ts'

const BOUNDS = { days: 2, members_max: 3, candidates_max: 16, combinations_max: 200_000 }
const items = (...list: [day: number, amount: number, party?: string][]): Item[] =>
  list.map(([day, amount, party = 'ICBC'], index) => ({ id: index + 1, party, day, amount: BigInt(amount) }))

describe('the search for groups', () => {
  it('finds several lines and rows of one party within the days whose sums agree', () => {
    const found = searchGroups(items([10, 30], [11, 70], [50, 5]), items([10, 60], [12, 40], [50, 6]), BOUNDS)
    expect(found).toMatchObject({ certain: [{ lines: [1, 2], rows: [1, 2] }], ambiguous: [], stopped: { candidates: 0, combinations: 0, groups: 0 } })
  })

  it('takes red entries along, and keeps parties and far days apart', () => {
    expect(searchGroups(items([10, 100], [10, -30]), items([11, 70]), BOUNDS).certain).toEqual([{ lines: [1, 2], rows: [1] }])
    expect(searchGroups(items([10, 30], [10, 70, 'ABC']), items([10, 60], [10, 40]), BOUNDS).certain).toEqual([])
    expect(searchGroups(items([10, 30], [13, 70]), items([10, 60], [10, 40]), BOUNDS).certain).toEqual([])
  })

  it('lists what fits in more than one way and calls none of it certain', () => {
    const found = searchGroups(items([10, 30], [10, 70], [10, 70]), items([10, 100]), BOUNDS)
    expect(found).toMatchObject({ certain: [], ambiguous: [{ lines: [1, 2], rows: [1] }, { lines: [1, 3], rows: [1] }] })
  })

  it('leaves a group out that holds a smaller one', () => {
    expect(searchGroups(items([10, 30], [10, 70]), items([10, 100], [10, 1]), BOUNDS).certain).toEqual([{ lines: [1, 2], rows: [1] }])
    expect(searchGroups(items([10, 30], [10, 70], [10, 5], [10, 6]), items([10, 100], [10, 11]), { ...BOUNDS, members_max: 4 }).certain)
      .toEqual([{ lines: [1, 2], rows: [1] }, { lines: [3, 4], rows: [2] }])
  })

  it('says at which bound it stopped', () => {
    const many = items(...Array.from({ length: 20 }, (_, index): [number, number] => [10, index + 1]))
    expect(searchGroups(many, items([10, 7]), BOUNDS)).toMatchObject({ searched: 0, stopped: { candidates: 1 } })
    const spread = (day: number) => items(...Array.from({ length: 10 }, (_, index): [number, number] => [day, 1000 * (index + 1)]))
    expect(searchGroups(spread(10), items([10, 1]), { ...BOUNDS, combinations_max: 100 })).toMatchObject({ searched: 0, stopped: { combinations: 1 } })
    const same = items(...Array.from({ length: 16 }, (): [number, number] => [10, 1]))
    const found = searchGroups(same, same, { ...BOUNDS, members_max: 4 })
    expect(found.stopped.groups).toBe(1)
    expect(found.certain.length + found.ambiguous.length).toBeLessThanOrEqual(GROUPS_MAX)
  })

  const side = fc.array(fc.record({ party: fc.constantFrom('A', 'B'), day: fc.integer({ min: 1, max: 5 }), amount: fc.integer({ min: -4, max: 6 }).map(BigInt) }), { maxLength: 6 })
    .map((list) => list.map((one, index): Item => ({ ...one, id: index + 1 })))

  it('finds every smallest group, whatever the order', () => {
    fc.assert(fc.property(side, side, fc.infiniteStream(fc.nat()), (lines, rows, order) => {
      const shuffled = <T>(list: readonly T[]): T[] => list.map((one) => [order.next().value as number, one] as const).sort(([a], [b]) => a - b).map(([, one]) => one)
      const found = searchGroups(lines, rows, BOUNDS)
      expect(searchGroups(shuffled(lines), shuffled(rows), BOUNDS)).toEqual(found)
      const text = ({ lines: l, rows: r }: Group) => `${l.join(',')}|${r.join(',')}`
      const all = everyGroup(lines, rows)
      expect([...found.certain, ...found.ambiguous].map(text).sort()).toEqual(all.map(text).sort())
      const members = (group: Group) => [...group.lines.map((id) => `a${id}`), ...group.rows.map((id) => `b${id}`)]
      for (const group of found.certain) {
        const own = new Set(members(group))
        expect(all.filter((other) => members(other).some((name) => own.has(name))).map(text)).toEqual([text(group)])
      }
    }), { numRuns: 300 })
  })
})

/** Every pair of subsets, one after the other; then only those that hold no smaller one. */
function everyGroup(lines: readonly Item[], rows: readonly Item[]): Group[] {
  const subsets = (list: readonly Item[]) => Array.from({ length: 2 ** list.length }, (_, mask) => list.filter((__, index) => mask & (1 << index)))
    .filter((subset) => subset.length > 0 && subset.length <= BOUNDS.members_max)
  const fits = subsets(lines).flatMap((l) => subsets(rows).filter((r) => {
    const both = [...l, ...r]
    const days = both.map(({ day }) => day)
    return both.length > 2 && new Set(both.map(({ party }) => party)).size === 1 && Math.max(...days) - Math.min(...days) <= BOUNDS.days
      && l.reduce((sum, one) => sum + one.amount, 0n) === r.reduce((sum, one) => sum + one.amount, 0n)
  }).map((r) => ({ lines: l.map(({ id }) => id), rows: r.map(({ id }) => id) })))
  const inside = (small: Group, large: Group) => small !== large && small.lines.every((id) => large.lines.includes(id)) && small.rows.every((id) => large.rows.includes(id))
  return fits.filter((group) => !fits.some((other) => inside(other, group)))
}
