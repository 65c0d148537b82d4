/**
 * The district's statements once more, as those who sent them would have written them: one file for each layout of
 * config/formats.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import writeXlsx from 'write-excel-file/node'
import { withFixedTime } from '../report/fixed-time.ts'
import { encodeGb18030 } from '../report/gb18030.ts'
import { abcAccount, agentPayments, ccbPayments, icbcAccount, rccPayments } from './bank-files.ts'
import { pbocBalance, pbocExpenditure, pbocRevenue, unitExpenditure, unitIndicators, unitPlans } from './office-files.ts'
import type { FileOf } from './statement-cells.ts'
import type { World } from './world.ts'

/** Larger samples go without: the files are made whole, in memory. */
export const STATEMENT_FILES_ENTRIES_MAX = 20_000

/** Writes `statements/` of a district. An import of its folder leaves that folder alone; `import-statement` loads each file. */
export async function writeStatementFiles(world: World, folder: string): Promise<void> {
  const target = join(folder, world.plan.district, 'statements')
  mkdirSync(target, { recursive: true })
  const of = (reconciliation: string, party?: string) =>
    world.statements.filter((row) => row.reconciliation === reconciliation && (party === undefined || row.party === party))
  const files: FileOf[] = [
    icbcAccount(world, of('R7', 'ICBC')), abcAccount(world, of('R7', 'ABC')), ccbPayments(of('R8', 'CCB')),
    rccPayments(of('R8', 'RCC')),
    agentPayments([['工商银行', of('R8', 'ICBC')], ['农业银行', of('R8', 'ABC')]]), pbocBalance(world, of('R1')),
    pbocExpenditure(world, of('R3')),
    pbocRevenue(world, of('R4')), unitIndicators(of('R12')), unitPlans(of('R13')), unitExpenditure(world, of('R14')),
  ]
  for (const file of files) writeFileSync(join(target, file.name), await bytesOf(file))
}

async function bytesOf({ rows, sheet, delimiter = ',', encoding }: FileOf): Promise<Buffer> {
  if (sheet !== undefined) {
    const data = rows.map((row) => row.map((value) => (value === null || value === '' ? null : {
      value, type: typeof value === 'number' ? Number : String,
    })))
    return withFixedTime(await writeXlsx([{ sheet, data: data as never }]).toBuffer())
  }
  const quote = (value: string) => (value.includes(delimiter) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value)
  const text = rows.map((row) => `${row.map((value) => quote(String(value ?? ''))).join(delimiter)}\r\n`).join('')
  return encoding === 'gb18030' ? encodeGb18030(text) : Buffer.from(`${encoding === 'utf8-bom' ? '\uFEFF' : ''}${text}`, 'utf8')
}

/** The layout of each file, for those who load them all. */
export const STATEMENT_FILES: readonly (readonly [format: string, name: string])[] = [
  ['icbc-account', '工行专户明细{YYYY}.xlsx'], ['abc-account', '农行专户明细{YYYY}.csv'], ['ccb-payments', '建行集中支付明细.csv'],
  ['rcc-payments', '农信社集中支付流水.txt'],
  ['agent-payments', '集中支付对账单.xlsx'], ['pboc-balance', '人行库款余额对账单.xlsx'], ['pboc-expenditure', '人行预算支出报表.csv'],
  ['pboc-revenue', '人行预算收入报表.xlsx'],
  ['unit-indicators', '单位指标余额.csv'], ['unit-plans', '单位用款计划.csv'], ['unit-expenditure', '单位支出对账单.xlsx'],
]
