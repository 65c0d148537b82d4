/** Districts with cards for the loop with the units: imported for real, workbooks filled in as a desktop program would save them. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CORRECTION_SHEET, FORM, type FormColumn } from '../../books/assets/form.ts'
import { openRound } from '../../books/assets/rounds.ts'
import { rowsByUnit } from '../../books/assets/rows.ts'
import { assetStanding } from '../../books/assets/standing.ts'
import type { Books } from '../../books/connect.ts'
import { cellText } from '../../books/import/xlsx/cells.ts'
import { openRawSheet } from '../../books/import/xlsx/workbook.ts'
import type { Config } from '../../config/load.ts'
import { correctionWorkbook } from '../../report/asset-workbook.ts'
import { type CellValue, xlsx } from '../support/xlsx.ts'

export const YEAR = 2025
const HEADER = `asset_no,card_no,name,class_code,unit,use_status,acquire_mode,acquired_on,booked_on,booked,voucher_no,value_type,quantity,unit_price,cost,accumulated_depreciation,net_value,life_months,department,keeper,location,plate_no`
const COLUMNS = HEADER.split(',')

export type CsvCard = Record<string, string>
/** A computer of 36 of its 72 months, as assets.csv has it. */
export const SOUND: CsvCard = {
  asset_no: 'A1', card_no: 'K1', name: '台式计算机', class_code: 'A02010104', unit: '001', use_status: '在用', acquire_mode: '购置', acquired_on: '2023-01-10',
  booked_on: '2023-01-20', booked: '1', voucher_no: '记-12', value_type: '原值', quantity: '1', unit_price: '7200.00', cost: '7200.00',
  accumulated_depreciation: '3600.00', net_value: '3600.00', life_months: '72', department: '办公室', keeper: '巴特尔', location: '301',
}
export const card = (patch: CsvCard): CsvCard => ({ ...SOUND, ...patch })

/** The files of a district with two units, these cards, and no ledger. */
export function files(cards: readonly CsvCard[]): Record<string, string> {
  return {
    units: 'unit,name,kind,parent,active\n001,财政局,administrative,,1\n002,教育局,administrative,,1\n',
    books: 'book,name,system,unit\n001,财政局账,government-unit,001\n002,教育局账,government-unit,002\n',
    assets: `${HEADER}\n${cards.map((one) => COLUMNS.map((column) => one[column] ?? '').join(',')).join('\n')}\n`,
  }
}

export type WorkbookLine = Record<FormColumn, string>
export type Fill = (line: WorkbookLine) => { correction?: string | number; explanation?: string; value?: string; code?: string } | undefined

/** Makes the workbooks of a district and fills them in; gives the paths of the files, one for each unit. */
export async function workbooks(books: Books, config: Config, district: string, fill: Fill, options: { acceptSuggestions?: boolean } = {}): Promise<string[]> {
  const standing = (await assetStanding(books.db, { district, year: YEAR, config, pinned: () => Promise.resolve(config) }))!
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-workbooks-'))
  const paths: string[] = []
  for (const unit of await rowsByUnit(books.pool, standing)) {
    const { round } = await openRound(books.db, { scopeId: standing.scopeId, inputVersion: standing.inputVersion, by: 'test' }, unit)
    const bytes = await correctionWorkbook({ standing, districtName: '测试', unit, round, acceptSuggestions: options.acceptSuggestions ?? false })
    const path = join(folder, `${unit.unit || 'none'}-${round}.xlsx`)
    writeFileSync(path, bytes)
    writeFileSync(path, await filledIn(path, fill))
    paths.push(path)
  }
  return paths
}

/** The lines of a workbook, the title first. */
export async function linesOf(path: string): Promise<WorkbookLine[]> {
  const handle = await open(path)
  try {
    const sheet = await openRawSheet(handle, 'workbook.xlsx', CORRECTION_SHEET)
    const lines: WorkbookLine[] = []
    for await (const batch of sheet.rows()) {
      for (const { cells } of batch) {
        const texts = (Object.keys(FORM) as FormColumn[]).map((column, index) => {
          const cell = cells[index]
          const text = cell ? cellText(cell, 'text', sheet.context) : { text: '' }
          return [column, 'text' in text ? text.text : '']
        })
        lines.push(Object.fromEntries(texts) as WorkbookLine)
      }
    }
    return lines
  } finally {
    await handle.close()
  }
}

async function filledIn(path: string, fill: Fill): Promise<Buffer> {
  const [head, ...lines] = await linesOf(path)
  const rows = lines.map((line): CellValue[] => Object.values({ ...line, ...fill(line) }))
  return xlsx([Object.values(head!), ...rows], { sheets: [CORRECTION_SHEET, '填写说明'] })
}
