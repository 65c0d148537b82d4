// The annual report by what is known of its units: basic information, codes of last year, their number, their peers.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { loadConfig } from '../../config/load.ts'
import { isCreditCode } from '../../domain/credit-code.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'
import { YEAR, files } from './loop-support.ts'

const config = loadConfig()
let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(() => test?.drop())

const report = (...rows: string[]) => `unit,table,line,column,value,prior_value\n${rows.join('\n')}\n`
const setup = (...rows: [string, string][]) =>
  `table,code,name,parent,value,active\n${rows.map(([code, value]) => `parameter,${code},,,${value},1`).join('\n')}\n`
const units = (...rows: string[]) => `unit,name,kind,parent,active\n${rows.join('\n')}\n`
const load = (district: string, more: Record<string, string>, year = YEAR) =>
  loadInput(test, { district, year, files: { ...files([]), ...more } })
const found = async (district: string, ...rules: string[]) => (await checkAssetsAlone(test.db, config, district, YEAR))!.findings
  .filter(({ rule }) => rules.includes(rule)).map(({ rule, key }) => `${rule} ${key}`)
const BOTH = report('001,Z09,a,b,1,', '002,Z09,a,b,2,')
const BASICS = ['R103', 'R105', 'R201', 'R202', 'R204', 'R205']
const [FIRST, SECOND] = ['11152500MB01234565', '12152500460123456N'] as const

const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** The standard's own words: the check character that completes 17 others. */
function completed(seventeen: readonly number[]): string {
  const sum = seventeen.reduce((all, value, place) => all + value * Number(3n ** BigInt(place) % 31n), 0)
  return [...seventeen, (31 - (sum % 31)) % 31].map((value) => CHARACTERS[value]).join('')
}

describe('the credit code', () => {
  it('fits its check character, and no other with one character changed', () => {
    const seventeen = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 17, maxLength: 17 })
    fc.assert(fc.property(seventeen, fc.integer({ min: 0, max: 17 }), fc.integer({ min: 1, max: 30 }), (values, at, by) => {
      const code = completed(values)
      const changed = code.slice(0, at) + CHARACTERS[(CHARACTERS.indexOf(code[at]!) + by) % 31]! + code.slice(at + 1)
      return isCreditCode(code) && !isCreditCode(changed) && !isCreditCode(code.slice(1)) && !isCreditCode(`${code.slice(0, 17)}I`)
    }))
  })
})

describe('basic information of units that report', () => {
  it('is not asked of anyone where it is given to nobody', async () => {
    await load('152501', { asset_report: BOTH })
    expect(await found('152501', ...BASICS)).toEqual([])
  })

  it('is asked of all where it is given to one, must be valid, and one credit code stands for one unit', async () => {
    await load('152501', { asset_report: BOTH, setup: setup(['credit-code/001', FIRST], ['phone/001', 'x'], ['head/002', '巴特尔']) })
    expect(await found('152501', ...BASICS)).toEqual(['R201 002/credit-code', 'R204 001/head', 'R204 001/phone', 'R204 002/phone'])
    await load('152501', { asset_report: BOTH, setup: setup(['credit-code/001', FIRST], ['credit-code/002', FIRST]) })
    expect(await found('152501', ...BASICS)).toEqual(['R103 001', 'R103 002'])
    await load('152501', { asset_report: BOTH, setup: setup(['credit-code/001', FIRST], ['credit-code/002', `${SECOND.slice(0, 17)}A`]) })
    expect(await found('152501', ...BASICS)).toEqual(['R201 002/credit-code'])
    await load('152501', { asset_report: BOTH, setup: setup(['credit-code/001', FIRST], ['credit-code/002', SECOND], ['credit-code/009', FIRST]) })
    expect(await found('152501', ...BASICS)).toEqual([])
  })

  it('goes with the kind of the unit', async () => {
    const regime = (one: string, other: string) => setup(['accounting-regime/001', one], ['accounting-regime/002', other])
    const [own, others] = ['政府会计准则制度', '民间非营利组织会计制度']
    await load('152502', { asset_report: BOTH, setup: regime(own!, others!) })
    expect(await found('152502', ...BASICS)).toEqual(['R105 002'])
    await load('152502', { asset_report: BOTH, setup: regime(own!, '企业会计准则') })
    expect(await found('152502', ...BASICS)).toEqual(['R105 002', 'R205 002/accounting-regime'])
  })

  it('keeps the code of last year unless a mapping says otherwise', async () => {
    const before = {
      units: units('001,财政局,administrative,,1', '007,教育局,institution,,1'), books: 'book,name,system,unit\n001,财政局账,government-unit,001\n',
    }
    await load('152522', before, YEAR - 1)
    await load('152522', { asset_report: BOTH })
    expect(await found('152522', 'R206')).toEqual(['R206 002'])
    await load('152522', { ...before, mappings: 'table,old,new,share\nunit,007,002,1\n' }, YEAR - 1)
    expect(await found('152522', 'R206')).toEqual([])
  })
})

describe('figures of the report', () => {
  it('agree with the staff that was given, and with the cards at nominal value', async () => {
    const rows = report('001,Z00,staff,number,20,', '001,Z02,nominal,quantity,1,', '002,Z00,staff,number,30,', '001,Z06,total,over_three_years,5,')
    await load('152523', { asset_report: rows, setup: setup(['staff/001', '21']) })
    expect(await found('152523', 'R203', 'R308', 'R507')).toEqual([
      'R203 001/Z00/staff/number', 'R308 001/Z02/nominal/quantity', 'R507 001/Z06/total/over_three_years',
    ])
  })

  it('say in the summary how many units it adds up, which is no sum', async () => {
    const rows = (count: number) => report('001,Z09,a,b,1,', '002,Z09,a,b,2,', 'SUMMARY,Z09,a,b,3,', `SUMMARY,Z00,units,number,${count},`)
    await load('152524', { asset_report: rows(2) })
    expect(await found('152524', 'R106', 'R407')).toEqual([])
    await load('152524', { asset_report: rows(3) })
    expect(await found('152524', 'R106', 'R407')).toEqual(['R106 SUMMARY/Z00/units/number'])
  })

  it('are compared with the peers where there are enough of them', async () => {
    const codes = ['001', '002', '003', '004', '005']
    const input = (prices: readonly number[]) => ({
      units: units(...codes.map((code) => `${code},单位${code},institution,,1`)),
      asset_report: report(...prices.flatMap((price, index) =>
        [`${codes[index]!},Z02,vehicle,cost,${price * 2},`, `${codes[index]!},Z02,vehicle,quantity,2,`])),
    })
    await load('152525', input([100, 110, 90, 1100, 9]))
    expect(await found('152525', 'R503')).toEqual(['R503 004/Z02/vehicle/cost', 'R503 005/Z02/vehicle/cost'])
    await load('152525', input([100, 110, 90, 1000, 10]))
    expect(await found('152525', 'R503')).toEqual([])
    await load('152525', input([100, 110, 90, 1100]))
    expect(await found('152525', 'R503')).toEqual([])
  })
})
