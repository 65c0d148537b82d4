import type { FileHandle } from 'node:fs/promises'
import type { Row } from '../csv-rows.ts'
import type { Columns } from '../header.ts'
import { ImportRefused, problem } from '../report.ts'

export interface Workbook { rows(columns: Columns): AsyncGenerator<Row[]>; close(): void }
export async function openWorkbook(_handle: FileHandle, name: string): Promise<Workbook> {
  throw new ImportRefused([problem(name, null, null, 'broken-workbook')])
}
