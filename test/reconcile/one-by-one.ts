/** R7 by the letter of its description, one pair after another: the yardstick for the set-based matcher. */
export interface LedgerLine { voucher: string; line: number; party: string; date: string; amount: bigint; source: string }
export interface BankRow { party: string; date: string; amount: bigint; reference: string }

type Counts = { reference: number; date: number; 'n:1': number; '1:n': number }
const sum = (list: readonly { amount: bigint }[]): bigint => list.reduce((total, one) => total + one.amount, 0n)
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const days = (date: string): number => Date.parse(date) / 86_400_000

/** `findings` as `key amount` in order, and how many matches each pass made. */
export function matchOneByOne(allLines: readonly LedgerLine[], allRows: readonly BankRow[]): { findings: string[]; matched: Counts } {
  const matched: Counts = { reference: 0, date: 0, 'n:1': 0, '1:n': 0 }
  const found = new Map<string, bigint>()
  const add = (key: string, amount: bigint) => found.set(key, (found.get(key) ?? 0n) + amount)
  let [lines, rows] = byReference(allLines, allRows, matched, add)
  lines = lines.filter((one) => one.amount !== 0n).sort((a, b) => byText(a.date, b.date) || byText(a.voucher, b.voucher) || a.line - b.line)
  rows = rows.filter((one) => one.amount !== 0n).sort((a, b) =>
    Number(a.reference === '') - Number(b.reference === '') || byText(a.reference, b.reference) || byText(a.date, b.date) || Number(a.amount - b.amount))
  const pairs = rows.flatMap((row, r) => lines.map((line, l) => ({ r, l, row, line, apart: Math.abs(days(row.date) - days(line.date)) })))
    .filter(({ row, line, apart }) => row.party === line.party && row.amount === line.amount && apart <= 3)
    .sort((a, b) => a.apart - b.apart || a.r - b.r || a.l - b.l)
  const taken = new Set<object>()
  for (const { row, line } of pairs) {
    if (taken.has(row) || taken.has(line)) continue
    taken.add(row).add(line)
    matched.date += 1
  }
  const free = <T extends object>(list: readonly T[]): T[] => list.filter((one) => !taken.has(one))
  for (const [pass, many, single] of [['n:1', lines, rows], ['1:n', rows, lines]] as const) {
    for (const key of new Set(many.map((one) => `${one.party} ${one.date}`))) {
      const here = (one: LedgerLine | BankRow): boolean => `${one.party} ${one.date}` === key
      const group = free(many as (LedgerLine | BankRow)[]).filter(here)
      const other = free(single as (LedgerLine | BankRow)[]).filter(here).find((one) => one.amount === sum(group))
      if (group.length < 2 || !other) continue
      for (const one of [...group, other]) taken.add(one)
      matched[pass] += 1
    }
  }
  for (const one of free(lines)) add(`S/${one.voucher}/${one.line}`, one.amount)
  for (const one of free(rows)) add(`${one.party}/${one.reference}`, -one.amount)
  return { findings: [...found].sort(([a], [b]) => byText(a, b)).map(([key, amount]) => `${key} ${amount}`), matched }
}

function byReference(
  lines: readonly LedgerLine[], rows: readonly BankRow[], matched: Counts, add: (key: string, amount: bigint) => void,
): [LedgerLine[], BankRow[]] {
  let [left, right] = [[...lines], [...rows]]
  for (const line of lines) {
    const mine = left.filter((one) => one.source !== '' && one.source === line.source && one.party === line.party)
    const theirs = right.filter((one) => one.reference !== '' && one.reference === line.source && one.party === line.party)
    if (mine.length === 0 || theirs.length === 0) continue
    if (sum(mine) === sum(theirs)) matched.reference += 1
    else add(`${line.party}/${line.source}`, sum(mine) - sum(theirs))
    left = left.filter((one) => !mine.includes(one))
    right = right.filter((one) => !theirs.includes(one))
  }
  return [left, right]
}
