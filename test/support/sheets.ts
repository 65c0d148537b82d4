/** Reads a workbook back, without the library that wrote it: sheets by name, cells with their type as Excel sees it. */
import { SaxesParser } from 'saxes'
import { fromBuffer } from 'yauzl'

export interface SheetCell { type: 'n' | 's'; value: string }

export async function sheetsOf(bytes: Buffer): Promise<Record<string, SheetCell[][]>> {
  const parts = await unzip(bytes)
  const strings: string[] = []
  parse(parts.get('xl/sharedStrings.xml') ?? '<sst/>', (path, text) => { if (path.endsWith('/si/t')) strings.push(text) })
  const sheets: Record<string, SheetCell[][]> = {}
  let index = 0
  parse(parts.get('xl/workbook.xml')!, () => {}, (name, attributes) => {
    if (name === 'sheet') sheets[attributes.name!] = readSheet(parts.get(`xl/worksheets/sheet${(index += 1)}.xml`)!, strings)
  })
  return sheets
}

function readSheet(xml: string, strings: readonly string[]): SheetCell[][] {
  const rows: SheetCell[][] = []
  let kind = ''
  parse(xml, (path, text) => {
    if (path.endsWith('/c/v')) rows.at(-1)!.push(kind === 's' ? { type: 's', value: strings[Number(text)]! } : { type: 'n', value: text })
  }, (name, attributes) => {
    if (name === 'row') rows.push([])
    if (name === 'c') kind = attributes.t ?? 'n'
  })
  return rows
}

function parse(xml: string, onText: (path: string, text: string) => void, onOpen: (name: string, attributes: Record<string, string>) => void = () => {}): void {
  const parser = new SaxesParser()
  const path: string[] = []
  let text = ''
  parser.on('opentag', (tag) => {
    path.push(tag.name)
    text = ''
    onOpen(tag.name, tag.attributes as Record<string, string>)
  })
  parser.on('text', (more) => { text += more })
  parser.on('closetag', () => {
    onText(`/${path.join('/')}`, text)
    text = ''
    path.pop()
  })
  parser.write(xml).close()
}

function unzip(bytes: Buffer): Promise<Map<string, string>> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error)
      const parts = new Map<string, string>()
      zip.on('end', () => resolve(parts)).on('error', reject)
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed)
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
            parts.set(entry.fileName, Buffer.concat(chunks).toString('utf8'))
            zip.readEntry()
          })
        })
      })
      zip.readEntry()
    })
  })
}
