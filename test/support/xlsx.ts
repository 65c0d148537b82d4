/** Workbooks for tests, part by part, so that a test can break each of them. */
import { crc32 } from 'node:zlib'
import { deflateRawSync } from 'node:zlib'

export interface Cell { formula?: string; type?: string; value?: string | number; inline?: string }
export type CellValue = string | number | boolean | null | Cell

export interface WorkbookOptions {
  sheets?: string[]
  date1904?: boolean
  /** Strings stand in their own part, as Excel writes them; otherwise in the cells. */
  shared?: boolean
  /** Replaces parts. */
  parts?: Record<string, string>
  /** Declares a wrong checksum for the sheet. */
  damage?: boolean
}

const NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook whose first sheet holds the rows; null leaves a row out, so that numbers jump. */
export function xlsx(rows: readonly (readonly CellValue[] | null)[], options: WorkbookOptions = {}): Buffer {
  const sheets = options.sheets ?? ['Sheet1']
  const strings: string[] = []
  const sheet = `<?xml version="1.0" encoding="UTF-8"?><worksheet ${NS}><sheetData>${rows.map((row, index) => rowXml(row, index + 1, options.shared ? strings : undefined)).join('')}</sheetData></worksheet>`
  const relations = [
    ...sheets.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${REL}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`),
    ...(options.shared ? [`<Relationship Id="rIdS" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/>`] : []),
  ]
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': `<Relationships><Relationship Id="r" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook ${NS} xmlns:r="${REL}"><workbookPr${options.date1904 ? ' date1904="1"' : ''}/><sheets>${sheets
      .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}</Relationships>`,
    ...Object.fromEntries(sheets.map((_, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheet])),
    ...(options.shared ? { 'xl/sharedStrings.xml': `<sst ${NS}>${strings.map((text) => `<si><t>${escape(text)}</t></si>`).join('')}</sst>` } : {}),
    ...options.parts,
  }
  return zip(parts, options.damage ? 'xl/worksheets/sheet1.xml' : undefined)
}

function rowXml(row: readonly CellValue[] | null, line: number, strings: string[] | undefined): string {
  if (!row) return ''
  return `<row r="${line}">${row.map((cell, column) => cellXml(cell, `${String.fromCharCode(65 + column)}${line}`, strings)).join('')}</row>`
}

function cellXml(cell: CellValue, reference: string, strings: string[] | undefined): string {
  if (cell === null || cell === '') return `<c r="${reference}"/>`
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`
  if (typeof cell === 'string') {
    return strings ? `<c r="${reference}" t="s"><v>${strings.push(cell) - 1}</v></c>` : `<c r="${reference}" t="inlineStr"><is><t>${escape(cell)}</t></is></c>`
  }
  return `<c r="${reference}"${cell.type ? ` t="${cell.type}"` : ''}>${cell.formula === undefined ? '' : `<f>${escape(cell.formula)}</f>`}<v>${cell.value ?? ''}</v></c>`
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A ZIP archive of deflated parts. */
function zip(parts: Record<string, string>, damaged?: string): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const data = Buffer.from(text)
    const packed = deflateRawSync(data)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(0x0800, 2)
    header.writeUInt16LE(8, 4)
    header.writeUInt32LE(name === damaged ? 1 : crc32(data), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(data.length, 18)
    header.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), header, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, tail, Buffer.from(name)]))
    bodies.push(local)
    offset += local.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(listing.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, listing, Buffer.from('PK\x05\x06', 'latin1'), end])
}
