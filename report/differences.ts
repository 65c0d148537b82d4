/** The difference of the old year to the new one as a workbook of its own. */
import writeXlsx from 'write-excel-file/node'
import type { SetupDifference } from '../books/steps/initialise/differences.ts'
import { withFixedTime } from './fixed-time.ts'
import type { Text } from './model.ts'
import { textCell } from './sheet.ts'

const COLUMNS = [
  ['表 Table', 22], ['差异 Change', 14], ['旧代码 Old code', 22], ['新代码 New code', 22], ['旧名称 Old name', 34], ['新名称 New name', 34],
  ['旧上级 Old parent', 14], ['新上级 New parent', 14], ['旧取值 Old value', 36], ['新取值 New value', 36],
] as const
const CHANGES = {
  added: '新增 added', dropped: '停用 dropped', renamed: '更名 renamed', changed: '变更 changed', same: '不变 same',
} as const

/** One row of the sheets: old and new beside each other. */
export function differenceRow(row: SetupDifference, nameOf: (table: string) => Text): (string | null)[] {
  const { old, now } = row
  return [
    nameOf(row.table).zh, CHANGES[row.change], row.sources.join(';') || (old ? row.code : null), now ? row.code : null,
    old?.name ?? null, now?.name ?? null, old?.parent ?? null, now?.parent ?? null, old?.value ?? null, now?.value ?? null,
  ]
}

/** The workbook: all rows on one sheet, with a header that stays. The same rows give the same bytes. */
export async function differenceWorkbook(rows: readonly SetupDifference[], nameOf: (table: string) => Text): Promise<Buffer> {
  const head = COLUMNS.map(([title]) => ({ value: title, type: String, fontWeight: 'bold' as const, backgroundColor: '#E6EEF4' }))
  const data = rows.map((row) => differenceRow(row, nameOf).map((text) => (text === null || text === '' ? null : textCell(text))))
  const bytes = await writeXlsx([
    { sheet: '新旧差异 Differences', data: [head, ...data], columns: COLUMNS.map(([, width]) => ({ width })), stickyRowsCount: 1 },
  ]).toBuffer()
  return withFixedTime(bytes)
}

/** Columns of the sheet, for the workbook of the whole report. */
export const DIFFERENCE_COLUMNS = COLUMNS
