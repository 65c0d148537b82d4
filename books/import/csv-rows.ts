/**
 * RFC 4180 with physical line numbers, for the files that COPY can not take as they are: line breaks in quotes, blank lines,
 * padded fields, mixed line ends, and everything that is wrong. It goes on after a fault, so that one pass names every bad row.
 */
import type { ReasonCode } from './reasons.ts'

export interface Row {
  /** Physical line where the row begins, counted from 1. */
  line: number
  fields: string[]
  /** What is wrong with the row as such. */
  fault?: { code: ReasonCode; column?: number; value?: string }
}

/** A row longer than this has lost a quote. */
const LONGEST_ROW = 1 << 20

type State = 'start' | 'plain' | 'quoted' | 'closed' | 'return'

export class CsvReader {
  private rows: Row[] = []
  private state: State = 'start'
  private fields: string[] = []
  private field = ''
  private length = 0
  private line = 1
  private startLine = 1
  private fault: Row['fault']
  private ended = false
  private readonly delimiter: string
  private readonly special: ReadonlySet<number>

  /** @param delimiter one character; RFC 4180 has the comma */
  constructor(delimiter = ',') {
    this.delimiter = delimiter
    this.special = new Set([...`${delimiter}\n\r"`].map((char) => char.charCodeAt(0)))
  }

  /** Takes the next piece of text and gives the rows that are complete. */
  push(text: string): Row[] {
    let at = 0
    while (at < text.length && !this.ended) at = this.state === 'quoted' ? this.quoted(text, at) : this.unquoted(text, at)
    return this.take()
  }

  /** The last row, when the file does not end in a line break. */
  end(): Row[] {
    if (!this.ended) {
      if (this.state === 'quoted') this.fault = { code: 'unclosed-quote' }
      if (this.state === 'return') this.fault ??= { code: 'stray-carriage-return' }
      if (this.state !== 'start' || this.fields.length > 0 || this.field !== '') this.endRow()
    }
    this.ended = true
    return this.take()
  }

  private quoted(text: string, from: number): number {
    const quote = text.indexOf('"', from)
    const piece = text.slice(from, quote < 0 ? text.length : quote)
    for (let found = piece.indexOf('\n'); found >= 0; found = piece.indexOf('\n', found + 1)) this.line += 1
    this.append(piece)
    if (quote < 0) return text.length
    this.state = 'closed'
    return quote + 1
  }

  private unquoted(text: string, from: number): number {
    const char = text[from]!
    if (this.state === 'return' && char !== '\n') {
      this.fault ??= { code: 'stray-carriage-return' }
      this.append('\r')
      this.state = 'plain'
    }
    if (char === '\n') this.endRow()
    else if (char === this.delimiter) this.endField()
    else if (char === '\r') this.state = 'return'
    else if (char === '"') this.quote()
    else return this.plain(text, from)
    return from + 1
  }

  private plain(text: string, from: number): number {
    let end = from + 1
    while (end < text.length && !this.special.has(text.charCodeAt(end))) end += 1
    const piece = text.slice(from, end)
    const padding = piece.trim() === ''
    // Spaces before an opening quote and after a closing one are padding, not text.
    if (this.state === 'closed' && padding) return end
    if (this.state === 'closed') this.fault ??= { code: 'stray-quote', column: this.fields.length }
    if (this.state !== 'start' || !padding) this.state = 'plain'
    this.append(piece)
    return end
  }

  private quote(): void {
    if (this.state === 'closed') this.append('"')
    else if (this.state === 'start') this.field = ''
    else {
      this.fault ??= { code: 'stray-quote', column: this.fields.length }
      return this.append('"')
    }
    this.state = 'quoted'
  }

  private append(piece: string): void {
    this.field += piece
    this.length += piece.length
    if (this.length <= LONGEST_ROW) return
    this.fault = { code: 'row-too-long' }
    this.endRow()
    this.ended = true
  }

  private endField(): void {
    this.fields.push(this.field)
    this.field = ''
    this.state = 'start'
  }

  private endRow(): void {
    const blank = this.fields.length === 0 && this.field.trim() === '' && this.state !== 'closed' && !this.fault
    this.endField()
    if (!blank) this.rows.push({ line: this.startLine, fields: this.fields, ...(this.fault ? { fault: this.fault } : {}) })
    this.fields = []
    this.fault = undefined
    this.length = 0
    this.line += 1
    this.startLine = this.line
  }

  private take(): Row[] {
    const { rows } = this
    this.rows = []
    return rows
  }
}

/** The lines of a text as rows of one field; blank ones are left out. */
export async function* textLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let line = 0
  const take = (texts: string[]) =>
    texts.map((text): Row => ({ line: (line += 1), fields: [text.trim()] })).filter(({ fields }) => fields[0] !== '')
  for await (const chunk of chunks) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = texts.pop()!
    yield take(texts)
  }
  yield take([rest + decoder.decode()])
}

/** Rows of UTF-8 bytes, a batch for each piece. */
export async function* csvRows(chunks: AsyncIterable<Buffer>, delimiter = ','): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder('utf-8')
  const reader = new CsvReader(delimiter)
  for await (const chunk of chunks) yield reader.push(decoder.decode(chunk, { stream: true }))
  yield [...reader.push(decoder.decode()), ...reader.end()]
}
