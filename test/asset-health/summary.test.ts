// The annual report against what stands beside it: summaries, last year's units, figures a head, the analysis text.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { leagueSummary } from '../../books/steps/asset-health/summary.ts'
import { loadConfig } from '../../config/load.ts'
import { readFigures } from '../../domain/analysis-figures.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { importTexts, loadInput } from '../support/input.ts'
import { YEAR, files } from './loop-support.ts'

const config = loadConfig()
let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(() => test?.drop())

const report = (...rows: string[]) => `unit,table,line,column,value,prior_value\n${rows.join('\n')}\n`
const load = (district: string, more: Record<string, string | Buffer>, year = YEAR) => loadInput(test, { district, year, files: { ...files([]), ...more } })
const found = async (district: string, ...rules: string[]) => (await checkAssetsAlone(test.db, config, district, YEAR))!.findings
  .filter(({ rule }) => rules.includes(rule)).map(({ rule, key }) => `${rule} ${key}`)

describe('summaries', () => {
  it('of the league and of a district count every unit once, and are not units themselves', async () => {
    await load('152501', { asset_report: report('001,Z02,vehicle,quantity,3,3', '002,Z02,vehicle,quantity,4,4', 'SUMMARY,Z02,vehicle,quantity,7,7') })
    await load('152500', { asset_report: report('001,Z02,vehicle,quantity,10,10', '001,Z05,land,area,5.5,', 'SUMMARY-LEAGUE,Z02,vehicle,quantity,24,24', '汇总,Z02,vehicle,quantity,10,10', '汇总,Z05,land,area,5.50,') })
    expect(await found('152501', 'R407', 'R102', 'R401')).toEqual([])
    // The summary of the banner was added to its units: 10 + 3 + 4 + 7; and the area was left out.
    expect(await found('152500', 'R407', 'R102')).toEqual(['R407 SUMMARY-LEAGUE/Z02/vehicle/quantity', 'R407 SUMMARY-LEAGUE/Z05/land/area'])
    const summary = await leagueSummary(test.db, config['asset-report'], YEAR, config.districts.districts.map(({ code }) => code))
    expect(summary.districts).toEqual([{ district: '152500', units: 1 }, { district: '152501', units: 2 }])
    expect(summary.cells.find(({ table }) => table === 'Z02')).toMatchObject({ value: '17', districts: { 152500: '10', 152501: '7' } })
  })
})

describe('what stands beside the report', () => {
  it("names units that reported last year and do not now, only where last year's report is there", async () => {
    await load('152502', { asset_report: report('001,Z02,vehicle,quantity,3,3') })
    expect(await found('152502', 'R104')).toEqual([])
    await load('152502', { asset_report: report('002,Z02,vehicle,quantity,3,3') }, YEAR - 1)
    expect(await found('152502', 'R104')).toEqual(['R104 001', 'R104 002'])
  })

  it('compares figures a head only where the staff is given', async () => {
    const rows = { asset_report: report('001,Z02,vehicle,quantity,30,30', '002,Z02,vehicle,quantity,30,30') }
    await load('152522', rows)
    expect(await found('152522', 'R502')).toEqual([])
    await load('152522', { ...rows, setup: 'table,code,name,parent,value,active\nparameter,staff/002,,,20,1\n' })
    expect(await found('152522', 'R502')).toEqual(['R502 002/Z02/vehicle/quantity'])
  })

  it('compares the figures of the analysis text with the tables, in the unit in which they stand', async () => {
    const rows = report('001,Z01,total,closing,12345678.90,0', '002,Z01,total,closing,0.10,0', '001,Z02,vehicle,quantity,12,0', '001,Z01,liabilities,closing,500,0')
    const text = '一、总体情况\n\n全旗资产总额1,234.57万元，负债总额为 0.05 万元〔Z01/liabilities/closing〕。\n公务用车保有量13辆；〔Z09/x/y〕\n资产总额 12345679.00元〔Z01/total/closing〕\n'
    await load('152523', { asset_report: rows, 'asset_analysis.txt': text })
    expect(await found('152523', 'R508')).toEqual(['R508 analysis/4/Z02/vehicle/quantity'])
    await load('152523', { asset_report: rows, 'asset_analysis.md': text.replace('13辆', '12辆').replace('1,234.57', '1,234.58') })
    expect(await found('152523', 'R508')).toEqual(['R508 analysis/3/Z01/total/closing'])
    const both = await importTexts(test, { district: '152523', year: YEAR, files: { ...files([]), 'asset_analysis.md': 'a', 'asset_analysis.txt': 'b' } })
    expect(both.districts[0]!.problems.map(({ code }) => code)).toEqual(['file-twice'])
  })

  it('takes a figure for equal exactly when the table rounds to it', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.constantFrom(0, 1, 2), (fen, decimals) => {
      const table = `${fen < 0n ? '-' : ''}${(fen < 0n ? -fen : fen) / 100n}.${String((fen < 0n ? -fen : fen) % 100n).padStart(2, '0')}`
      const scale = 1_000_000n / 10n ** BigInt(decimals)
      const near = (fen < 0n ? -1n : 1n) * (((fen < 0n ? -fen : fen) + scale / 2n) / scale)
      const said = (whole: bigint) => `${whole < 0n ? '-' : ''}${(whole < 0n ? -whole : whole) / 10n ** BigInt(decimals)}${decimals > 0 ? `.${String((whole < 0n ? -whole : whole) % 10n ** BigInt(decimals)).padStart(decimals, '0')}` : ''}万元〔Z01/total/closing〕`
      const equal = (text: string) => readFigures([{ line: 1, text }], [])[0]!.equals(table)
      return equal(said(near)) && !equal(said(near + 1n)) && !equal(said(near - 1n))
    }), { numRuns: 300 })
  })
})
