/**
 * n:m: which lines and rows of one party, within a few days, have the same sum. Pure and bounded: it says where it
 * stopped, and gives the same answer whatever the order of what it is given.
 */
import type { GroupSearch } from '../../../config/schemas/reconciliations.ts'

/** A line or a row that no pass matched; `day` counts days, `id` tells items of one side apart. */
export interface Item { id: number; party: string; day: number; amount: bigint }
/** Lines and rows with the same sum, by their ids in order. */
export interface Group { lines: readonly number[]; rows: readonly number[] }
export interface GroupsFound {
  /** Groups none of whose members fits into another one. */
  certain: readonly Group[]
  /** Groups that share members: which of them is right is for people to say. */
  ambiguous: readonly Group[]
  /** Windows that were searched, and those that were left out at a bound. */
  searched: number
  stopped: { candidates: number; combinations: number; groups: number }
}

type Bounds = Pick<GroupSearch, 'days' | 'members_max' | 'candidates_max' | 'combinations_max'>
/** More groups than this say nothing any more: too many amounts are alike. */
export const GROUPS_MAX = 5_000

interface Window { lines: readonly Item[]; rows: readonly Item[]; from: number }
interface Found extends Group { from: number }

/** Searches every window of days of every party, those with few members first. */
export function searchGroups(lines: readonly Item[], rows: readonly Item[], bounds: Bounds): GroupsFound {
  const stopped = { candidates: 0, combinations: 0, groups: 0 }
  const found: Found[] = []
  let left = bounds.combinations_max
  let searched = 0
  for (const window of windowsOf(lines, rows, bounds.days)) {
    const cost = combinations(window.lines.length, bounds.members_max) + combinations(window.rows.length, bounds.members_max)
    if (window.lines.length > bounds.candidates_max || window.rows.length > bounds.candidates_max) stopped.candidates += 1
    else if (cost > left) stopped.combinations += 1
    else if (found.length >= GROUPS_MAX) stopped.groups += 1
    else {
      left -= cost
      searched += 1
      if (!groupsIn(window, bounds.members_max, found)) stopped.groups += 1
    }
  }
  return { ...judge(found), searched, stopped }
}

/** For each party and each of its days: what lies within the window that begins there; the smallest first. */
function windowsOf(lines: readonly Item[], rows: readonly Item[], days: number): Window[] {
  const windows: Window[] = []
  const parties = new Map<string, { lines: Item[]; rows: Item[] }>()
  const of = (party: string) => parties.get(party) ?? parties.set(party, { lines: [], rows: [] }).get(party)!
  for (const line of lines) of(line.party).lines.push(line)
  for (const row of rows) of(row.party).rows.push(row)
  for (const party of [...parties.keys()].sort()) {
    const own = parties.get(party)!
    const byDay = (a: Item, b: Item) => a.day - b.day || a.id - b.id
    const [sortedLines, sortedRows] = [own.lines.sort(byDay), own.rows.sort(byDay)]
    for (const from of new Set([...sortedLines, ...sortedRows].map(({ day }) => day).sort((a, b) => a - b))) {
      const inside = ({ day }: Item) => day >= from && day <= from + days
      const window = { from, lines: sortedLines.filter(inside), rows: sortedRows.filter(inside) }
      if (window.lines.length > 0 && window.rows.length > 0 && window.lines.length + window.rows.length > 2) windows.push(window)
    }
  }
  // A stable sort: of windows of the same size the earlier party and day come first.
  return windows.sort((a, b) => a.lines.length + a.rows.length - b.lines.length - b.rows.length)
}

/** Combinations of 1 to `most` out of `n`. */
function combinations(n: number, most: number): number {
  let [total, ways] = [0, 1]
  for (let size = 1; size <= Math.min(n, most); size += 1) {
    ways = (ways * (n - size + 1)) / size
    total += ways
  }
  return total
}

/** Adds the groups whose earliest member lies on the window's first day. @returns false where the bound on groups was reached */
function groupsIn(window: Window, most: number, found: Found[]): boolean {
  const bySum = new Map<bigint, (readonly Item[])[]>()
  for (const combination of choose(window.lines, most)) {
    const sum = sumOf(combination)
    bySum.set(sum, [...bySum.get(sum) ?? [], combination])
  }
  for (const rows of choose(window.rows, most)) {
    for (const lines of bySum.get(sumOf(rows)) ?? []) {
      if (lines.length + rows.length < 3 || ![...lines, ...rows].some(({ day }) => day === window.from)) continue
      if (found.length >= GROUPS_MAX) return false
      found.push({ lines: ids(lines), rows: ids(rows), from: window.from })
    }
  }
  return true
}

function* choose(items: readonly Item[], most: number, start = 0, chosen: readonly Item[] = []): Generator<readonly Item[]> {
  for (let at = start; at < items.length; at += 1) {
    const next = [...chosen, items[at]!]
    yield next
    if (next.length < most) yield* choose(items, most, at + 1, next)
  }
}

const sumOf = (items: readonly Item[]): bigint => items.reduce((sum, { amount }) => sum + amount, 0n)
const ids = (items: readonly Item[]): number[] => items.map(({ id }) => id).sort((a, b) => a - b)
const names = ({ lines, rows }: Group): string[] => [...lines.map((id) => `a${id}`), ...rows.map((id) => `b${id}`)]

/** A group that holds a smaller one says nothing new; of the rest those that share no member with another are certain. */
function judge(found: readonly Found[]): Pick<GroupsFound, 'certain' | 'ambiguous'> {
  const size = (group: Group) => group.lines.length + group.rows.length
  const text = (group: Group) => [...group.lines, -1, ...group.rows].map((id) => String(id + 1).padStart(8, '0')).join()
  const sorted = [...found].sort((a, b) => size(a) - size(b) || a.from - b.from || (text(a) < text(b) ? -1 : 1))
  const kept: Found[] = []
  const holders = new Map<string, Found[]>()
  for (const group of sorted) {
    const members = new Set(names(group))
    const smaller = [...members].flatMap((name) => holders.get(name) ?? [])
    if (smaller.some((other) => names(other).every((name) => members.has(name)))) continue
    kept.push(group)
    for (const name of members) holders.set(name, [...holders.get(name) ?? [], group])
  }
  const alone = (group: Found) => names(group).every((name) => holders.get(name)!.length === 1)
  const plain = ({ lines, rows }: Found): Group => ({ lines, rows })
  return { certain: kept.filter(alone).map(plain), ambiguous: kept.filter((group) => !alone(group)).map(plain) }
}
