/** A small district in which everything is right, for tests to break one thing at a time. */
import type { Books } from '../../books/connect.ts'
import { formatProblem, type DistrictReport } from '../../books/import/report.ts'
import { importTexts } from '../support/input.ts'

export const DISTRICT = '152501'
export const YEAR = 2025

export const GOOD: Record<string, string> = {
  units: 'unit,name,kind,parent,active\n101001,人大办,administrative,,1\n101002,医院,institution,101,\n',
  books: 'book,name,system,unit\nT01,总会计,treasury-2022,\nS01,专户,special-account,\nU1,人大账,government-unit,101001\n',
  accounts: 'book,system,account,name,element,side,dimensions\n,government-unit,100201,基本户,asset,debit,unit;counterparty\nU1,,100202,专户,asset,debit,unit\n',
  opening: 'book,account,unit,counterparty,debit,credit\nU1,100201,101001,工行,"1,234.50",\nU1,3001,101001,,,1234.5\nT01,1001,,,100,\n',
  entries: `book,voucher,line,date,account,unit,function,revenue,economic,project,fund,counterparty,debit,credit,source,posted,summary
U1,1,1,2025-01-05,710101,101001,2010101,,30201,P1,general,,100.00,,D1,1,办公费
U1,1,2,20250105,800102,101001,,,,,,,,100,D1,1,办公费
T01,1,1,2025-03-01,6001,,,1010101,,,general,,,5.5,,0,"税,收"
`,
  indicators: 'indicator,unit,function,economic,project,fund,origin_year,category,amount,adjusted,paid,occupied\nZB1,101001,2010101,30201,P1,general,2025,basic,1000,,100,\n',
  documents: 'type,number,unit,indicator,function,project,fund,amount,status,created_on,updated_on,counterparty,reference\nPAY_CERT,D1,101001,nobody,2010101,P1,general,100,completed,2024-01-05,2025-01-05,bank,x\n',
  statements: 'reconciliation,party,reference,date,unit,function,revenue,project,fund,indicator,amount\nR8,bank,D1,2025-01-05,101001,,,,,,100\n',
  setup: 'table,code,name,parent,value,active\naccount,government-unit:1218,其他应收款,,,0\nperiod,1,,,,\n',
  mappings: 'table,old,new,share\naccount,government-unit:1218,1215,0.50\naccount,government-unit:1218,1216,0.5\n',
  assets: 'asset_no,card_no,name,unit,use_status,cost,last_depreciated_month,booked\nA1,c,桌子,101001,in-use,"12,000.00",2025-12,1\n',
  asset_report: 'unit,table,line,column,value,prior_value\n101001,T1,1,1,5,4.50\n',
}

/** Imports the good district with some files replaced; `undefined` takes a file away. */
export async function importWith(
  books: Books, files: Record<string, string | Buffer | undefined> = {}, options: { district?: string; year?: number; check?: boolean } = {},
): Promise<DistrictReport> {
  const all = Object.fromEntries(Object.entries({ ...GOOD, ...files }).filter(([, content]) => content !== undefined)) as Record<string, string | Buffer>
  const report = await importTexts(books, { district: options.district ?? DISTRICT, year: options.year ?? YEAR, files: all, check: options.check ?? false })
  return report.districts[0]!
}

/** The problems as `file:line column: code (value)`. */
export const told = (report: DistrictReport) => report.problems.map((one) => formatProblem({ ...one }, 'en').replace(/: [^(]*/, `: ${one.code} `).trim())
export const codes = (report: DistrictReport) => report.problems.map((one) => `${one.file}:${one.line ?? ''} ${one.column ?? ''} ${one.code}`)
