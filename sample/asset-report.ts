/** The annual asset report 资产年报 of each unit: what its cards and its book say, in the tables of config/asset-report.yaml. */
import { formatYuan, parseYuan } from '../domain/money.ts'
import { depreciation } from './assets.ts'
import type { SampleUnit } from './plan.ts'
import type { World } from './world.ts'

/** Cells of a unit in hundredths (fen, or hundredths of pieces and square metres), by `table/line/column`; and last year's. */
export interface UnitReport { unit: string; cells: Map<string, bigint>; prior: Map<string, bigint> }

type CardRow = Record<string, string>
const LINES = ['building', 'equipment', 'vehicle', 'relic', 'archive', 'furniture', 'living'] as const
/** Vehicles are a part of equipment. */
const SUMMED = LINES.filter((line) => line !== 'vehicle')
const STOCK = ['quantity', 'cost', 'depreciation', 'year_depreciation', 'net', 'idle', 'leased'] as const
const MODES = {
  purchase: 'purchase', construction: 'construction', 'transfer-in': 'transfer_in', donation: 'donation', surplus: 'surplus',
  other: 'other',
}

/** The report of every unit that keeps a book. */
export function assetReports(world: World): UnitReport[] {
  return world.plan.units.map((unit) => {
    const report: UnitReport = { unit: unit.code, cells: new Map(), prior: new Map() }
    const cards = world.assets.filter((row) => row.unit === unit.code)
    const held = cards.filter((row) => row.booked === '1' && row.use_status !== 'disposed')
    balances(world, unit, report)
    stock(report, held, world.plan.year)
    movements(report, held, cards, world.plan.year)
    areas(report, held)
    return report
  })
}

/** Writes asset_report.csv. */
export function writeAssetReports(world: World, reports: readonly UnitReport[]): void {
  for (const { unit, cells, prior } of reports) {
    for (const [cell, value] of cells) {
      const [table, line, column] = cell.split('/') as [string, string, string]
      const before = prior.get(cell)
      world.row('asset_report', {
        unit, table, line, column, value: formatYuan(value), prior_value: before === undefined ? '' : formatYuan(before),
      })
    }
  }
}

/** Z01, from the book. Last year's closing is this year's opening. */
function balances(world: World, unit: SampleUnit, report: UnitReport): void {
  const side = (column: 'opening' | 'closing', ...accounts: string[]) =>
    world.ledger.cells(unit.book, ...accounts)
      .reduce((sum, cell) => sum + cell.opening + (column === 'closing' ? cell.debit - cell.credit : 0n), 0n)
  const fill = (column: 'opening' | 'closing', of: (...accounts: string[]) => bigint) => {
    const lines = {
      current: of('10', '11', '12', '13', '14'), fixed_cost: of('1601'), fixed_depreciation: -of('1602'),
      construction: of('1613'),
      intangible_cost: of('1701'), intangible_amortisation: -of('1702'), other: of('18', '19'), liabilities: -of('2'),
    }
    const [fixed, intangible] = [
      lines.fixed_cost - lines.fixed_depreciation, lines.intangible_cost - lines.intangible_amortisation,
    ]
    const total = lines.current + fixed + lines.construction + intangible + lines.other
    for (const [line, fen] of Object.entries({
      ...lines, fixed_net: fixed, intangible_net: intangible, total, net_assets: total - lines.liabilities,
    })) {
      report.cells.set(`Z01/${line}/${column}`, fen)
      if (column === 'opening') report.prior.set(`Z01/${line}/closing`, fen)
    }
  }
  // A year's movement that is out of all proportion would be a finding of its own (R501): large samples begin with more.
  fill('opening', (...accounts) => proportionate(side('opening', ...accounts), side('closing', ...accounts)))
  fill('closing', (...accounts) => side('closing', ...accounts))
}

function proportionate(opening: bigint, closing: bigint): bigint {
  const change = closing > opening ? closing - opening : opening - closing
  return change > 50_000_000n && change * 5n > (opening < 0n ? -opening : opening) ? (closing * 9n) / 10n : opening
}

/** Z02, from the cards that stand in 1601. */
function stock(report: UnitReport, held: readonly CardRow[], year: number): void {
  const sums = new Map<string, bigint>()
  const put = (line: string, column: string, fen: bigint) =>
    sums.set(`${line}/${column}`, (sums.get(`${line}/${column}`) ?? 0n) + fen)
  for (const row of held) {
    const line = lineOf(row.class_code!)
    if (line === null) continue
    const figures = figuresOf(row, year)
    for (const [column, fen] of Object.entries(figures)) {
      put(line, column, fen)
      if (row.class_code!.startsWith('A0203')) put('vehicle', column, fen)
    }
    if (row.acquired_on!.startsWith(String(year))) put(line, 'added', figures.cost)
  }
  for (const line of [...LINES, 'total'] as const) {
    for (const column of STOCK) {
      const sum = (of: string) => sums.get(`${of}/${column}`) ?? 0n
      report.cells.set(`Z02/${line}/${column}`, line === 'total' ? SUMMED.reduce((all, one) => all + sum(one), 0n) : sum(line))
    }
    if (line !== 'total') {
      report.prior.set(`Z02/${line}/cost`, (sums.get(`${line}/cost`) ?? 0n) - (sums.get(`${line}/added`) ?? 0n))
    }
  }
}

function figuresOf(row: CardRow, year: number): Record<(typeof STOCK)[number], bigint> {
  const [cost, written] = [parseYuan(row.cost!), parseYuan(row.accumulated_depreciation!)]
  const life = Number(row.life_months || 0)
  const until = (day: string) => (row.acquired_on ? depreciation(cost, life, row.acquired_on, day) : 0n)
  return {
    quantity: parseYuan(row.quantity!), cost, depreciation: written, net: cost - written,
    year_depreciation: until(`${year}-12-31`) - until(`${year - 1}-12-31`),
    idle: row.use_status === 'idle' ? cost : 0n, leased: row.use_status === 'leased' || row.use_status === 'lent' ? cost : 0n,
  }
}

/** The line of a class; null for what stands in 1701 or in no book. */
function lineOf(code: string): (typeof LINES)[number] | null {
  if (code.startsWith('A0109')) return null
  const lines: Record<string, (typeof LINES)[number]> = {
    A01: 'building', A02: 'equipment', A03: 'relic', A04: 'archive', A05: 'furniture', A06: 'living',
  }
  return lines[code.slice(0, 3)] ?? null
}

/** Z03 additions and Z04 disposals of the year. */
function movements(report: UnitReport, held: readonly CardRow[], cards: readonly CardRow[], year: number): void {
  const sum = (rows: readonly CardRow[], column: string) =>
    rows.reduce((all, row) => all + (row[column] ? parseYuan(row[column]!) : 0n), 0n)
  const added = held.filter((row) => row.acquired_on!.startsWith(String(year)))
  for (const [mode, line] of Object.entries(MODES)) {
    report.cells.set(`Z03/${line}/cost`, sum(added.filter((row) => row.acquire_mode === mode), 'cost'))
  }
  report.cells.set('Z03/total/cost', sum(added, 'cost'))
  const gone = cards.filter((row) => row.use_status === 'disposed' && row.disposed_on!.startsWith(String(year)))
  report.cells.set('Z04/total/cost', sum(gone, 'cost'))
  report.cells.set('Z04/total/income', sum(gone, 'dispose_income'))
  report.cells.set('Z04/total/remitted', sum(gone, 'dispose_income_remitted'))
}

/** Z05, areas in hundredths of a square metre. */
function areas(report: UnitReport, held: readonly CardRow[]): void {
  for (const [line, prefix, column] of [['building', 'A0101', 'floor_area'], ['land', 'A0109', 'land_area']] as const) {
    const rows = held.filter((row) => row.class_code!.startsWith(prefix))
    const sum = (of: string) => rows.reduce((all, row) => all + (row[of] ? parseYuan(row[of]!) : 0n), 0n)
    const leased = rows.reduce((all, row) => all + (row[column] ? parseYuan(row.area_leased!) : 0n), 0n)
    report.cells.set(`Z05/${line}/area`, sum(column))
    report.cells.set(`Z05/${line}/self_use`, sum(column) - leased)
    report.cells.set(`Z05/${line}/leased`, leased)
    for (const other of ['idle', 'other']) report.cells.set(`Z05/${line}/${other}`, 0n)
  }
}
