/**
 * Reads the one sheet of an XLSX workbook row by row with bounded memory. The libraries that read workbooks hold the whole
 * sheet; a ZIP reader and a SAX parser are enough for what an input file may hold.
 */
import type { FileHandle } from 'node:fs/promises'
import type { Row } from '../csv-rows.ts'
import { type Columns, readHeader } from '../header.ts'
import { ImportRefused, problem } from '../report.ts'
import { BrokenWorkbook, openPackage, type Package } from './package.ts'
import type { CellContext } from './cells.ts'
import { rawRows, type SheetRow, sheetRows, type TypesOf } from './sheet.ts'
import { readStrings, StringTable } from './strings.ts'
import { parseWhole } from './xml.ts'

export interface Workbook {
  /** The header first. @throws ImportRefused when the workbook turns out to be broken on the way */
  rows(columns: Columns): AsyncGenerator<Row[]>
}

/** @throws ImportRefused when the file is no workbook of one sheet */
export async function openWorkbook(handle: FileHandle, name: string): Promise<Workbook> {
  return await refusing(name, async () => {
    const { workbook, part, context } = await openSheet(handle, name)
    return { rows: (columns) => refusingRows(name, sheetRows(workbook, part, context, typesFor(name, columns))) }
  })
}

/** The rows of one sheet as they stand, and what their cells are read with. */
export interface RawSheet { context: CellContext; rows(): AsyncGenerator<SheetRow[]> }

/**
 * Opens one sheet of a workbook for a reader that finds its titles by itself.
 * @param which name of the sheet, or its place counted from 1; without it the workbook must have one
 * @throws ImportRefused when the file is no workbook, or has no such sheet
 */
export async function openRawSheet(handle: FileHandle, name: string, which?: string | number): Promise<RawSheet> {
  return await refusing(name, async () => {
    const { workbook, part, context } = await openSheet(handle, name, which)
    return { context, rows: () => refusingRows(name, rawRows(workbook, part)) }
  })
}

async function openSheet(
  handle: FileHandle, name: string, which?: string | number,
): Promise<{ workbook: Package; part: string; context: CellContext }> {
  const workbook = await openPackage(handle)
  const main = await mainPart(workbook)
  const { sheets, date1904 } = await readBook(workbook, main)
  const names = sheets.map((sheet) => sheet.name).join(', ')
  if (which === undefined && sheets.length > 1) throw new ImportRefused([problem(name, null, null, 'several-sheets', names)])
  const chosen = typeof which === 'string' ? sheets.find((sheet) => sheet.name === which) : sheets[(which ?? 1) - 1]
  if (which !== undefined && !chosen) throw new ImportRefused([problem(name, null, null, 'no-sheet', `${which}; ${names}`)])
  const related = await relations(workbook, main)
  const sheet = related.find(({ id }) => id === chosen?.id)
  if (!sheet) throw new BrokenWorkbook('there is no sheet')
  const shared = related.find(({ type }) => type.endsWith('/sharedStrings'))
  const strings = shared && workbook.has(shared.target) ? await readStrings(workbook, shared.target) : new StringTable()
  return { workbook, part: sheet.target, context: { strings, date1904 } }
}

const typesFor = (name: string, columns: Columns): TypesOf => (titles) =>
  readHeader(name, titles, columns).columns.map((column) => columns.get(column)!.type)

interface Relation { id: string; type: string; target: string }

async function mainPart(workbook: Package): Promise<string> {
  const main = (await relations(workbook, '')).find(({ type }) => type.endsWith('/officeDocument'))
  if (!main) throw new BrokenWorkbook('there is no workbook part')
  return main.target
}

/** What a part points at, inside the package only. */
async function relations(workbook: Package, part: string): Promise<Relation[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const found: Relation[] = []
  const path = `${folder}_rels/${part.slice(folder.length)}.rels`
  await parseWhole(path, workbook.read(path), {
    open: (name, { Id, Type, Target, TargetMode }) => {
      if (name !== 'Relationship' || !Id || !Type || !Target || TargetMode === 'External') return
      found.push({ id: Id, type: Type, target: Target.startsWith('/') ? Target.slice(1) : folder + Target })
    },
  })
  return found
}

async function readBook(workbook: Package, part: string): Promise<{ sheets: { name: string; id: string }[]; date1904: boolean }> {
  const sheets: { name: string; id: string }[] = []
  let date1904 = false
  await parseWhole(part, workbook.read(part), {
    open: (name, attributes) => {
      if (name === 'sheet') {
        sheets.push({
          name: attributes.name ?? '',
          id: attributes['r:id'] ?? Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '',
        })
      }
      if (name === 'workbookPr') date1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
    },
  })
  return { sheets, date1904 }
}

async function refusing<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRefusal(name, error)
  }
}

async function* refusingRows<T>(name: string, rows: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* rows
  } catch (error) {
    throw asRefusal(name, error)
  }
}

const asRefusal = (name: string, error: unknown) =>
  (error instanceof BrokenWorkbook ? new ImportRefused([problem(name, null, null, 'broken-workbook', error.message)]) : error)
