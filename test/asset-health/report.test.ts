/** The review of the annual report: scope, formulas within and between tables, against cards and ledgers, against last year. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { expandFormulas } from '../../config/report-formulas.ts'
import { assetReportSchema } from '../../config/schemas/asset-report.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { BUILDING, COMPUTER, type Card, VEHICLE, putCards, runCheck } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

const D = '152501'
type Cell = [unit: string, cell: string, value: string, prior?: string]

/** Findings of the report as `rule key`. */
async function review(cells: readonly Cell[], cards: readonly Card[] = [], prepare?: (scopeId: number) => Promise<void>) {
  const scopeId = await putCards(test, D, cards)
  for (const [index, [unit, cell, value, prior]] of cells.entries()) {
    const [table, line, column] = cell.split('/')
    await test.pool.query('insert into asset_report values ($1, $2, $3, $4, $5, $6, $7, $8, $2)', [scopeId, index + 2, unit, table, line, column, value, prior ?? null])
  }
  await prepare?.(scopeId)
  const { found, figures } = await runCheck(test, D, scopeId)
  return { found: found.filter(({ rule }) => rule.startsWith('R')), figures: figures.report, rules: found.filter(({ rule }) => rule.startsWith('R')).map(({ rule, key, severity }) => `${rule} ${key} ${severity}`) }
}

/** A second unit that reports something small and right, so that scope finds nothing. */
const OTHER: Cell = ['002', 'Z03/purchase/cost', '5', '4']
const OTHER_TOTAL: Cell = ['002', 'Z03/total/cost', '5', '4']
const with002 = (...cells: Cell[]) => [...cells, OTHER, OTHER_TOTAL]

describe('the scope of the report', () => {
  it('is one warning when there is no report', async () => {
    const { rules, found } = await review([])
    expect(rules).toEqual(['R101 missing warning'])
    expect(found[0]!.message_zh).toContain('asset_report.csv')
  })

  it('names units without a report, unknown units, reports of zeros and copied ones', async () => {
    expect((await review([OTHER, OTHER_TOTAL])).rules).toEqual(['R101 001 error'])
    expect((await review(with002(['001', 'Z03/other/cost', '0', '3'], ['009', 'Z03/other/cost', '0', '0']))).rules).toEqual(['R102 009 warning', 'R107 001 warning', 'R107 009 warning'])
    expect((await review(with002(['001', 'Z04/total/income', '7', '7']))).rules).toEqual(['R509 001 warning'])
  })
})

describe('formulas of the report', () => {
  it.each<[string, Cell[], string[]]>([
    ['R301 opening against last year', [['001', 'Z01/other/opening', '6', '5'], ['001', 'Z01/other/closing', '0', '5'], ['001', 'Z01/total/opening', '6', '5'], ['001', 'Z01/net_assets/opening', '6', '5'], ['001', 'Z01/total/closing', '0', '5'], ['001', 'Z01/net_assets/closing', '0', '5']],
      ['R301 001/Z01/net_assets/opening error', 'R301 001/Z01/other/opening error', 'R301 001/Z01/total/opening error']],
    ['R304 negative', [['001', 'Z03/other/cost', '-1'], ['001', 'Z03/total/cost', '-1']], ['R304 001/Z03/other/cost error', 'R304 001/Z03/total/cost error']],
    ['R305 increase', [['001', 'Z03/purchase/cost', '10.01'], ['001', 'Z03/donation/cost', '2'], ['001', 'Z03/total/cost', '12']], ['R305 001/Z03/total/cost error']],
    ['R305 increase, right', [['001', 'Z03/purchase/cost', '10.01'], ['001', 'Z03/donation/cost', '1.99'], ['001', 'Z03/total/cost', '12']], []],
    ['R306 net assets', [['001', 'Z01/total/closing', '10'], ['001', 'Z01/other/closing', '10'], ['001', 'Z01/liabilities/closing', '3'], ['001', 'Z01/net_assets/closing', '8']], ['R306 001/Z01/net_assets/closing error']],
    ['R401 sum', [['001', 'Z01/total/closing', '11'], ['001', 'Z01/other/closing', '10'], ['001', 'Z01/net_assets/closing', '11']], ['R401 001/Z01/total/closing error']],
    ['R404 quantity without value', [['001', 'Z02/living/quantity', '3'], ['001', 'Z02/total/quantity', '3']], ['R404 001/Z02/living/quantity warning', 'R404 001/Z02/total/quantity warning']],
    ['R405 more remitted than came in', [['001', 'Z04/total/income', '5'], ['001', 'Z04/total/remitted', '6']], ['R405 001/Z04/total/remitted error']],
    ['R408 parts of the area', [['001', 'Z05/building/self_use', '5.02'], ['001', 'Z05/building/area', '0', '1']], ['R408 001/Z05/building/area error']],
  ])('%s', async (_, cells, expected) => {
    expect((await review(with002(...cells))).rules).toEqual(expected)
  })

  it('compare with the cards of the unit', async () => {
    const cells: Cell[] = [['001', 'Z02/vehicle/cost', '144000', '1'], ['001', 'Z02/vehicle/quantity', '2', '1'], ['001', 'Z02/vehicle/net', '144000']]
    const { rules, found } = await review(with002(...cells), [VEHICLE, { ...VEHICLE, asset_no: 'B', unit: '002' }, { ...VEHICLE, asset_no: 'C', use_status: 'disposed' }])
    expect(rules).toEqual(['R307 001/Z02/vehicle/quantity error'])
    expect(found[0]).toMatchObject({ facts: { actual: '2', expected: '1' } })
    expect(found[0]!.message_zh).toBe('单位 001 数量与卡片一致：资产存量情况 其中：车辆 数量 为 2，应 = cards/vehicle_count（1）。核对年报或说明原因')
  })

  it('compare with the ledger of the unit, sub-accounts and all', async () => {
    const cells: Cell[] = [['001', 'Z01/construction/closing', '10'], ['001', 'Z01/total/closing', '10'], ['001', 'Z01/net_assets/closing', '10']]
    const ledger = (fen: number) => async (scope: number) => {
      await test.pool.query(`insert into books values ($1, 1, 'B1', '账', 'government-unit', '001', 2)`, [scope])
      await test.pool.query(`insert into accounts values ($1, 1, 1, '161301', '在建', 'asset', 'debit', '{unit}', true, true, null)`, [scope])
      await test.pool.query(`insert into cells (scope_id, cell_id, book_id, account_id, unit) values ($1, 1, 1, 1, '001')`, [scope])
      await test.pool.query('insert into cell_totals values ($1, 1, 400, $2, 0, 1, 0)', [scope, fen])
    }
    expect((await review(with002(...cells), [], ledger(600))).rules).toEqual([])
    expect((await review(with002(...cells), [], ledger(601))).rules).toEqual(['R302 001/Z01/construction/closing error'])
  })

  it('name a large change from last year, and unbooked assets', async () => {
    const grown = (closing: string): Cell[] => [
      ['001', 'Z01/liabilities/opening', '2000000'], ['001', 'Z01/net_assets/opening', '-2000000'],
      ['001', 'Z01/liabilities/closing', closing, '2000000'], ['001', 'Z01/net_assets/closing', `-${closing}`, '-2000000'],
    ]
    expect((await review(with002(...grown('3000001')))).rules).toEqual(['R501 001/Z01/liabilities/closing warning', 'R501 001/Z01/net_assets/closing warning'])
    expect((await review(with002(...grown('3000000')))).rules).toEqual([])
    const unbooked: Card = { ...BUILDING, booked: false, booked_on: null, voucher_no: null, cost: 100_000_001n }
    expect((await review(with002(['001', 'Z04/total/cost', '1']), [unbooked, COMPUTER])).rules).toEqual(['R506 001/cards/unbooked_cost warning'])
  })

  it('count cells that the configuration does not name, and leave them alone', async () => {
    const { rules, figures } = await review(with002(['001', 'X9/1/A', '-5']))
    expect(rules).toEqual([])
    expect(figures).toEqual({ units: 2, cells: 3, unknownCells: 1 })
  })
})

describe('the file of the report', () => {
  const config = loadConfig()['asset-report']

  it('makes one formula for each line and column', () => {
    const { formulas } = expandFormulas(config)
    expect(formulas.filter(({ rule, at }) => rule === 'R403' && at.startsWith('Z02/'))).toHaveLength(Object.keys(config.tables.Z02!.lines).length)
    expect(formulas.find(({ rule, at }) => rule === 'R403' && at === 'Z02/vehicle/net')!.text).toBe('= Z02/vehicle/cost - Z02/vehicle/depreciation')
  })

  it.each<[string, object, string]>([
    ['a cell that there is not', { formulas: [{ rule: 'R401', at: 'Z01/nothing/opening', to: ['0'] }] }, 'no such cell: Z01/nothing/opening'],
    ['a ledger that there is not', { formulas: [{ rule: 'R401', at: 'Z01/total/opening', to: ['ledger/cash'] }] }, 'no such cell: ledger/cash'],
    ['a rule that there is not', { formulas: [{ rule: 'R499', at: 'Z01/total/opening', to: ['0'] }] }, 'no rule R499'],
    ['a condition on cards that is none', { cards: { ...config.cards, x: { sum: 'cost', where: 'cost +' } } }, 'ends too early'],
    ['a sum of texts', { cards: { ...config.cards, x: { sum: 'name', where: 'true' } } }, 'can not add up a text'],
    ['a number of units in a cell that there is not', { summary: { ...config.summary, units: 'Z00/units/of' } }, 'no cell Z00/units/of'],
    ['peers by a cell that there is not', { peers: [{ ...config.peers[0], by: 'Z02/equipment/pieces' }] }, 'no cell Z02/equipment/pieces'],
    ['basic information for a rule that there is not', { basics: [{ ...config.basics[0], filled: 'R299' }] }, 'no rule R299'],
    ['basic information with a pattern that is none', { basics: [{ ...config.basics[0], pattern: '(' }] }, 'not a regular expression'],
  ])('is refused with %s', (_, change, reason) => {
    const result = assetReportSchema.safeParse({ ...config, ...change })
    expect(result.error?.issues.map(({ message }) => message).join('\n')).toContain(reason)
  })
})
