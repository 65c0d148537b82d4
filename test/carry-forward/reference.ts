/**
 * The carry-forward computed a second time, in plain bigint maps straight from the rows: it shares nothing with the product
 * but the regulation. Rules, accounts and dimensions are written out here again on purpose.
 */
import { type District, DIM_NAMES, type Mapping, cellKey } from './model.ts'

type Cell = Record<string, string>
type Ledger = Map<string, { cell: Cell; amount: bigint }>

export interface Reference {
  /** Openings of the new year: cell key → debit-positive fen. */
  openings: Map<string, bigint>
  /** Every closing line as `cell key = amount`, sorted. */
  closing: string[]
  /** `indicator disposition amount`, sorted. */
  dispositions: string[]
  /** `source unit|function|economic|project|fund origin amount`, sorted. */
  newIndicators: string[]
}

const fen = (yuan: string): bigint => {
  const [whole, cents = ''] = yuan.replace('-', '').split('.')
  const value = BigInt(whole || '0') * 100n + BigInt(cents.padEnd(2, '0') || '0')
  return yuan.startsWith('-') ? -value : value
}

/** Dimensions that an account declares by default (CONTRACT §1.1). */
export function declared(system: string, account: string): string[] {
  const starts = (...codes: string[]) => codes.some((code) => account.startsWith(code))
  if (system === 'treasury-2022') {
    if (account === '7011') return ['function', 'fund', 'counterparty']
    if (starts('7')) return ['function', 'fund']
    if (starts('6')) return ['revenue', 'fund']
    return ['8001', '8002', '8003', '8005', '8007'].includes(account) ? ['fund'] : []
  }
  if (system === 'special-account') return account === '1004' ? ['counterparty'] : ['4005', '5005', '3005'].includes(account) ? ['unit'] : []
  if (starts('7')) return ['unit', 'function', 'economic', 'project', 'fund']
  if (starts('6001', '81')) return ['unit', 'function', 'project', 'fund']
  if (starts('82', '61', '62', '63', '64', '65', '66')) return ['unit', 'project', 'fund']
  return ['unit']
}

/** Computes what must come out. */
export function reference(input: District): Reference {
  const ledger: Ledger = new Map()
  const add = (cell: Cell, amount: bigint) => {
    const key = cellKey(cell as never)
    const old = ledger.get(key)
    ledger.set(key, { cell, amount: (old?.amount ?? 0n) + amount })
  }
  for (const row of input.opening) add(cellOf(row), fen(row.debit || '0') - fen(row.credit || '0'))
  for (const row of input.entries) if (row.posted !== '0') add(cellOf(row), fen(row.debit || '0') - fen(row.credit || '0'))
  const closing: string[] = []
  for (const book of input.books) closeBook(book, input, ledger, add, closing)
  const openings = new Map<string, bigint>()
  for (const { cell, amount } of ledger.values()) {
    const system = input.books.find((book) => book.book === cell.book)!.system
    for (const part of mapCell(cell, amount, system, input.mappings)) {
      const key = cellKey(part.cell as never)
      openings.set(key, (openings.get(key) ?? 0n) + part.amount)
    }
  }
  for (const [key, amount] of openings) if (amount === 0n) openings.delete(key)
  return { openings, closing: closing.sort(), ...indicatorsOf(input) }
}

const cellOf = (row: object): Cell => {
  const all = row as Record<string, string>
  return Object.fromEntries(['book', 'account', ...DIM_NAMES].map((name) => [name, all[name] ?? '']))
}

function closeBook(
  book: District['books'][number], input: District, ledger: Ledger, add: (cell: Cell, amount: bigint) => void, closing: string[],
): void {
  const total = (...codes: string[]) => [...ledger.values()]
    .filter(({ cell }) => cell.book === book.book && codes.some((code) => cell.account!.startsWith(code))).reduce((sum, { amount }) => sum + amount, 0n)
  const move = (into: string, codes: readonly string[], fund?: string) => {
    const targets = new Map<string, { cell: Cell; amount: bigint }>()
    for (const entry of ledger.values()) {
      const { cell, amount } = entry
      if (cell.book !== book.book || amount === 0n || !codes.some((code) => cell.account!.startsWith(code))) continue
      if (fund !== undefined && cell.fund !== fund) continue
      closing.push(`${cellKey(cell as never)} = ${-amount}`)
      entry.amount = 0n
      const keeps = declared(book.system, into)
      const target: Cell = { ...Object.fromEntries(DIM_NAMES.map((name) => [name, keeps.includes(name) ? cell[name]! : ''])), book: book.book, account: into }
      const key = cellKey(target as never)
      targets.set(key, { cell: target, amount: (targets.get(key)?.amount ?? 0n) + amount })
    }
    for (const [key, { cell, amount }] of targets) {
      if (amount === 0n) continue
      closing.push(`${key} = ${amount}`)
      add(cell, amount)
    }
  }
  if (book.system === 'special-account') { move('3005', ['4005']); move('3005', ['5005']); return }
  if (book.system === 'treasury-2022') {
    for (const [fund, into] of [['general', '8001'], ['government-fund', '8002'], ['state-capital', '8003'], ['special-account', '8005'], ['special-fund', '8007']] as const) {
      move(into, ['6'], fund)
      move(into, ['7'], fund)
    }
    move('3101', ['4']); move('3101', ['5']); move('3001', ['3101']); move('3001', ['3501'])
    return
  }
  const institution = input.units.find((unit) => unit.unit === book.unit)!.kind === 'institution'
  move('810106', ['6001', '710101', '720101', '790101'])
  move('820104', ['610101', '620101', '630101', '650101', '660101', '660901', '710102', '720102', '790102'])
  move('8401', ['6401', '7301'])
  move('8501', ['610102', '620102', '630102', '650102', '660102', '6602', '660902', '710103', '720103', '790103', '7401', '7501', '7601', '7701'])
  move('810107', ['810101', '810102', '810103', '810104', '810105', '810106'])
  move('820105', ['820101', '820102', '820103', '820104'])
  move('810205', ['810201', '810202', '810203', '810204'])
  move('820204', ['820201', '820202', '820203'])
  if (institution) {
    move('8701', ['8501'])
    if (total('8401') < 0n) move('8701', ['8401'])
  } else move('820204', ['8501'])
  move('820204', ['8701'])
  move('3301', ['4']); move('3301', ['5']); move('3302', ['3301']); move('3001', ['3302']); move('3001', ['3401']); move('3001', ['3501'])
}

/** One pass over the columns in order; the last share by code point takes what rounding towards zero leaves. */
function mapCell(cell: Cell, amount: bigint, system: string, mappings: readonly Mapping[]): { cell: Cell; amount: bigint }[] {
  let parts = [{ cell, amount }]
  for (const table of ['account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund']) {
    const given = mappings.filter((row) => row.table === table)
    parts = parts.flatMap((part) => {
      const code = part.cell[table] ?? ''
      const exact = given.filter((row) => table === 'account' && row.old === `${system}:${code}`)
      const rows = (exact.length > 0 ? exact : given.filter((row) => row.old === code))
        .map((row) => ({ ...row, new: row.new.replace(`${system}:`, '') })).sort((a, b) => (a.new < b.new ? -1 : 1))
      if (rows.length === 0 || code === '') return [part]
      let left = part.amount
      return rows.map((row, index) => {
        const share = index === rows.length - 1 ? left : shareOf(part.amount, row.share ?? '1')
        left -= share
        return { cell: { ...part.cell, [table]: row.new }, amount: share }
      })
    })
  }
  return parts
}

/** `amount × share`, rounded towards zero; bigint division does that. */
function shareOf(amount: bigint, share: string): bigint {
  const [whole, decimals = ''] = share.split('.')
  return (amount * BigInt(whole + decimals)) / 10n ** BigInt(decimals.length)
}

function indicatorsOf(input: District): Pick<Reference, 'dispositions' | 'newIndicators'> {
  const dispositions: string[] = []
  const created: string[] = []
  for (const row of input.indicators) {
    const remaining = fen(row.amount) + fen(row.adjusted) - fen(row.paid)
    if (remaining <= 0n) continue
    const carries = Number(row.origin_year) === input.year
    dispositions.push(`${row.indicator} ${carries ? 'carry' : 'surplus'} ${remaining}`)
    if (!carries) continue
    const sums = new Map<string, bigint>()
    for (const part of mapCell({ ...row } as unknown as Cell, remaining, '', input.mappings.filter((one) => one.table !== 'account'))) {
      const key = ['unit', 'function', 'economic', 'project', 'fund'].map((name) => part.cell[name]).join('|')
      sums.set(key, (sums.get(key) ?? 0n) + part.amount)
    }
    for (const [key, amount] of sums) if (amount !== 0n) created.push(`${row.indicator} ${key} ${row.origin_year} ${amount}`)
  }
  return { dispositions: dispositions.sort(), newIndicators: created.sort() }
}
