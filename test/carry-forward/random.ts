/** Random districts: balanced books of every system with contra accounts, net-debit revenue, zero-sum dimensions, mappings, indicators. */
import fc from 'fast-check'
import { CONFIG } from './load.ts'
import { type Dims, type District, type Entry, type Line, type Mapping, type Setup, emptyDistrict } from './model.ts'
import { declared } from './reference.ts'

const CODES: Record<string, readonly string[]> = {
  unit: ['001', '002', ''], function: ['2010101', '2080505', ''], revenue: ['10101', '10301'], economic: ['30201', '30299', ''],
  project: ['P1', 'P2', ''], fund: ['general', 'government-fund', 'state-capital', 'special-account', 'special-fund'], counterparty: ['152502', 'ICBC'],
}
const NOT_USED = ['1011', '800101', '6051', '7051']

const BOOKS: District['books'] = [
  { book: 'T1', system: 'treasury-2022' }, { book: 'S1', system: 'special-account' },
  { book: 'U1', system: 'government-unit', unit: '001' }, { book: 'U2', system: 'government-unit', unit: '002' },
]
const PLUGS: Record<string, { financial: string; budgetary: string }> = {
  'treasury-2022': { financial: '1001', budgetary: '8041' }, 'special-account': { financial: '1004', budgetary: '1004' },
  'government-unit': { financial: '1002', budgetary: '800102' },
}

interface Posting { book: number; account: number; dims: number[]; fen: number; opening: boolean; pair: boolean }

const posting: fc.Arbitrary<Posting> = fc.record({
  book: fc.nat({ max: BOOKS.length - 1 }), account: fc.nat(), dims: fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
  fen: fc.oneof(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -10_000_000, max: 10_000_000 })).filter((fen) => fen !== 0),
  opening: fc.boolean(), pair: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
})

const yuan = (fen: number): string => {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
/** A line of that debit-positive amount; a red one stands negative on the other side. */
const side = (fen: number, red: boolean) => (fen > 0 !== red ? { debit: yuan(fen), credit: '' } : { debit: '', credit: yuan(-fen) })

/** Posting accounts by system, as the built-in charts have them. */
const LEAVES = Object.fromEntries(Object.values(CONFIG.charts).map((chart) => [chart.system, chart.accounts
  .map((row) => row.account).filter((code, _, all) => !NOT_USED.includes(code) && !all.some((other) => other !== code && other.startsWith(code)))]))

function lines(postings: readonly Posting[]): { opening: Line[]; entries: Entry[] } {
  const opening: Line[] = []
  const entries: Entry[] = []
  postings.forEach((one, index) => {
    const { book, system, unit } = BOOKS[one.book]!
    const leaves = LEAVES[system]!
    const account = leaves[one.account % leaves.length]!
    const dims = (code: string): Dims => Object.fromEntries(declared(system, code).map((name, place) => {
      const codes = name === 'unit' && unit ? [unit, ''] : CODES[name]!
      return [name, codes[one.dims[place]! % codes.length]!]
    }))
    const plug = PLUGS[system]![account >= '6' ? 'budgetary' : 'financial']
    const carried = /^[1238]/.test(account)
    const put = (code: string, fen: number, at: Dims, red: boolean) => {
      const line = { book, account: code, ...at, ...side(fen, red) }
      if (one.opening && carried) opening.push(line)
      else entries.push({ ...line, voucher: `V${index}` })
    }
    put(account, one.fen, dims(account), one.pair)
    // Now and then the same account in another dimension takes it back: a zero-sum pair.
    if (one.pair) put(account, -one.fen, { ...dims(account), ...(declared(system, account).includes('project') ? { project: 'P3' } : {}) }, false)
    else put(plug, -one.fen, dims(plug), false)
  })
  return { opening, entries }
}

interface MapChoice { table: 'account' | 'unit' | 'function' | 'revenue' | 'economic' | 'project' | 'fund'; code: number; shares: string[] }
const mapChoice: fc.Arbitrary<MapChoice> = fc.record({
  table: fc.constantFrom('account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund'), code: fc.nat(),
  shares: fc.constantFrom(['1'], ['0.5', '0.5'], ['0.333', '0.667'], ['0.1', '0.2', '0.7'], ['0.000001', '0.999999']),
})

function mapped(choices: readonly MapChoice[]): { mappings: Mapping[]; setup: Setup[] } {
  const olds = (choice: MapChoice): string => {
    const accounts = ['1218', 'government-unit:1601', '3001', 'treasury-2022:8001', '810107', '2307']
    const codes = choice.table === 'account' ? accounts : CODES[choice.table]!.filter(Boolean)
    return codes[choice.code % codes.length]!
  }
  const chosen = new Map(choices.map((choice) => [`${choice.table}/${olds(choice)}`, choice]))
  const mappings = [...chosen.values()].flatMap((choice) => choice.shares.map((share, index) => {
    const old = olds(choice)
    const fresh = choice.table === 'fund' ? CODES.fund![(choice.code + index + 1) % 5]!
      : choice.table === 'account' ? `${old.replace(/^.*:/, '')}9${index}` : [`${old}`, 'N1', 'N2'][(choice.code + index) % 3]!
    return { table: choice.table, old, new: fresh, share }
  }))
  const listed = new Map(mappings.map((row) => [`${row.table}/${row.new}`, { table: row.table, code: row.new, active: '1' as const }]))
  return { mappings, setup: [...listed.values()] }
}

const indicator = fc.record({
  dims: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), origin: fc.integer({ min: 2022, max: 2025 }), basic: fc.boolean(),
  amount: fc.nat({ max: 1_000_000 }), adjusted: fc.integer({ min: -1000, max: 1000 }), left: fc.nat({ max: 100_000 }),
})

interface Size { postings: number; indicators: number }

/** A district that can be closed without findings, with at least so many postings and indicators. */
export const districtOf = (least: Size): fc.Arbitrary<District> => fc.record({
  postings: fc.array(posting, { minLength: least.postings, maxLength: least.postings + 60 }), maps: fc.array(mapChoice, { maxLength: 5 }),
  indicators: fc.array(indicator, { minLength: least.indicators, maxLength: least.indicators + 8 }),
}).map(({ postings, maps, indicators }) => ({
  ...emptyDistrict(), books: BOOKS, units: [{ unit: '001', kind: 'administrative' as const }, { unit: '002', kind: 'institution' as const }],
  ...lines(postings), ...mapped(maps),
  indicators: indicators.map((row, index) => ({
    indicator: `Z${index}`, origin_year: String(row.origin), category: row.basic ? 'basic' as const : 'project' as const,
    ...Object.fromEntries(['unit', 'function', 'economic', 'project', 'fund'].map((name, place) => [name, CODES[name]![row.dims[place]! % CODES[name]!.length]!])) as never as
      { unit: string; function: string; economic: string; project: string; fund: string },
    amount: yuan(row.amount + row.left), adjusted: yuan(row.adjusted), paid: yuan(row.amount + row.adjusted), occupied: '0',
  })),
}))

export const randomDistrict: fc.Arbitrary<District> = districtOf({ postings: 1, indicators: 0 })
