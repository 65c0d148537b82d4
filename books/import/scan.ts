/**
 * The first pass over a CSV file: digest, NUL bytes, UTF-8, and whether PostgreSQL's own CSV parser can take the bytes as they
 * are.
 */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

export interface FileScan {
  /** Of the bytes as given, lower-case hex. */
  sha256: string
  bytes: number
  /** UTF-8 byte order mark. */
  bom: boolean
  utf8: boolean
  /** Offset of the first NUL byte, or null. */
  nulAt: number | null
  /**
   * Every record is one line with as many fields as the header, quotes stand where RFC 4180 has them, nothing is padded,
   * no line is blank and all end alike: then line n of the file is row n − 1, and COPY may read it directly.
   */
  regular: boolean
}

const CHUNK = 1 << 20
const LF = 0x0a, CR = 0x0d, TAB = 0x09, SPACE = 0x20, QUOTE = 0x22, COMMA = 0x2c

/** Reads the whole file once, a megabyte at a time. */
export async function scanFile(handle: FileHandle): Promise<FileScan> {
  const hash = createHash('sha256')
  const lines = new LineScanner()
  const utf8 = new Utf8Check()
  const buffer = Buffer.allocUnsafe(CHUNK)
  let bytes = 0
  let nulAt: number | null = null
  let bom = false
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, bytes)
    if (bytesRead === 0) break
    const chunk = buffer.subarray(0, bytesRead)
    if (bytes === 0) bom = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
    hash.update(chunk)
    const nul: number = nulAt === null ? chunk.indexOf(0) : -1
    if (nul >= 0) nulAt = bytes + nul
    utf8.add(chunk)
    lines.add(bytes === 0 && bom ? chunk.subarray(3) : chunk)
    bytes += bytesRead
  }
  return { sha256: hash.digest('hex'), bytes, bom, utf8: utf8.end(), nulAt, regular: lines.end() }
}

/** Whole-chunk validation; a character that a chunk's end cuts waits for the next chunk. */
class Utf8Check {
  private valid = true
  private rest = Buffer.alloc(0)

  add(chunk: Buffer): void {
    if (!this.valid) return
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk
    const cut = all.length - unfinished(all)
    this.valid = isUtf8(all.subarray(0, cut))
    this.rest = Buffer.from(all.subarray(cut))
  }

  end(): boolean {
    return this.valid && this.rest.length === 0
  }
}

/** How many bytes at the end begin a character that is not complete. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

type State = 'start' | 'plain' | 'quoted' | 'closed' | 'return'

/**
 * Decides {@link FileScan.regular}. Works on bytes: in UTF-8 and in GB18030 the bytes of comma, quote and line breaks
 * never occur inside another character.
 */
class LineScanner {
  private regular = true
  private state: State = 'start'
  private fields = 1
  private expected = 0
  private empty = true
  private last = 0
  private ending: 'lf' | 'crlf' | undefined

  add(chunk: Buffer): void {
    if (!this.regular) return
    let { state, last } = this
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!
      // What stands above the comma never matters outside quotes, and inside them only the quote does.
      if (state === 'quoted') {
        if (byte === QUOTE) state = 'closed'
        else if (byte === LF || byte === CR) return this.fail()
        continue
      }
      if (byte > COMMA && state === 'plain') { last = byte; continue }
      const next = this.step(state, byte, last)
      if (next === undefined) return this.fail()
      state = next
      last = byte
    }
    this.state = state
    this.last = last
  }

  end(): boolean {
    if (!this.regular || this.state === 'quoted' || this.state === 'return') return false
    if (this.state === 'start' && this.fields === 1 && this.empty) return this.expected > 0
    return this.endRecord(this.state, this.last)
  }

  /** The next state, or undefined where the file is not regular. */
  private step(state: State, byte: number, last: number): State | undefined {
    if (state === 'return') return byte === LF && this.endLine('crlf') ? 'start' : undefined
    if (byte === LF) return this.endRecord(state, last) && this.endLine('lf') ? 'start' : undefined
    if (byte === CR) return this.endRecord(state, last) ? 'return' : undefined
    if (byte === COMMA) {
      if (isPadding(last) && state === 'plain') return undefined
      this.fields += 1
      this.empty = false
      return 'start'
    }
    if (byte === QUOTE) {
      if (state === 'plain') return undefined
      this.empty = false
      return 'quoted'
    }
    if (state === 'closed' || (state === 'start' && isPadding(byte))) return undefined
    this.empty = false
    return 'plain'
  }

  private endRecord(state: State, last: number): boolean {
    const right = !this.empty && !(state === 'plain' && isPadding(last)) && (this.expected === 0 || this.fields === this.expected)
    this.expected = this.fields
    this.fields = 1
    this.empty = true
    return right
  }

  private endLine(ending: 'lf' | 'crlf'): boolean {
    this.ending ??= ending
    return this.ending === ending
  }

  private fail(): void {
    this.regular = false
  }
}

const isPadding = (byte: number) => byte === SPACE || byte === TAB

/** Physical line of a byte offset, counted from 1. */
export async function lineOf(handle: FileHandle, offset: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  let line = 1
  for (let at = 0; at < offset;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK, offset - at), at)
    if (bytesRead === 0) break
    for (let found = buffer.subarray(0, bytesRead)
      .indexOf(LF); found >= 0; found = buffer.subarray(0, bytesRead).indexOf(LF, found + 1)) {
      line += 1
    }
    at += bytesRead
  }
  return line
}
