/** UTF-8 or GB18030: which one a file is, where it breaks, and its text decoded on the way. */
import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import type { ReasonCode } from './reasons.ts'
import type { FileScan } from './scan.ts'

export type Encoding = 'utf-8' | 'gb18030'

export type EncodingVerdict = { encoding: Encoding } | { code: ReasonCode; line: number }

const CHUNK = 1 << 20
const LF = 0x0a

/**
 * The file's encoding, or the line where no encoding holds.
 * A file that is not UTF-8 as a whole is judged line by line: GB18030 when all its lines are, mixed when a fair part of the
 * lines with Chinese is UTF-8 (by chance that happens to a GB18030 line once in tens of thousands).
 */
export async function judgeEncoding(handle: FileHandle, scan: FileScan): Promise<EncodingVerdict> {
  if (scan.utf8) return { encoding: 'utf-8' }
  const gb = new TextDecoder('gb18030', { fatal: true })
  const seen = { utf8: 0, other: 0, firstUtf8: 0, firstOther: 0, broken: 0 }
  let line = 0
  for await (const bytes of rawLines(handle)) {
    line += 1
    if (bytes.every((byte) => byte < 0x80)) continue
    if (isUtf8(bytes) && hasWideCharacter(bytes)) {
      seen.utf8 += 1
      seen.firstUtf8 ||= line
    } else if (!isUtf8(bytes)) {
      seen.other += 1
      seen.firstOther ||= line
      if (seen.broken === 0 && !decodes(gb, bytes)) seen.broken = line
    }
  }
  if (scan.bom) return { code: 'wrong-encoding', line: seen.firstOther || 1 }
  if (seen.utf8 > 0.002 * (seen.utf8 + seen.other)) {
    if (seen.broken > 0) return { code: 'wrong-encoding', line: seen.broken }
    return { code: 'mixed-encoding', line: seen.other <= seen.utf8 ? seen.firstOther : seen.firstUtf8 }
  }
  return seen.broken > 0 ? { code: 'wrong-encoding', line: seen.broken } : { encoding: 'gb18030' }
}

/**
 * The text of a small file, read as a whole: Excel on a Chinese system saves CSV as GB18030. @throws TypeError when it is neither
 */
export const decodeText = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('gb18030', { fatal: true }).decode(bytes)

/** The file as UTF-8 bytes without byte order mark, a megabyte at a time. */
export async function* utf8Chunks(handle: FileHandle, encoding: Encoding, bom: boolean): AsyncGenerator<Buffer> {
  const decoder = encoding === 'gb18030' ? new TextDecoder('gb18030', { fatal: true }) : undefined
  for (let at = bom ? 3 : 0; ;) {
    const buffer = Buffer.allocUnsafe(CHUNK)
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at)
    if (bytesRead === 0) break
    const chunk = buffer.subarray(0, bytesRead)
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
    at += bytesRead
  }
  const rest = decoder?.decode()
  if (rest) yield Buffer.from(rest)
}

/** Lines as bytes; a line longer than a few megabytes comes in pieces. */
async function* rawLines(handle: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  let rest = Buffer.alloc(0)
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, at)
    if (bytesRead === 0) break
    at += bytesRead
    const all = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    let start = 0
    for (let end = all.indexOf(LF); end >= 0; end = all.indexOf(LF, start)) {
      yield all.subarray(start, end)
      start = end + 1
    }
    rest = Buffer.from(all.subarray(start))
    if (rest.length > 4 * CHUNK) {
      yield rest
      rest = Buffer.alloc(0)
    }
  }
  if (rest.length > 0) yield rest
}

/** A character of three bytes or more: the Chinese ones in UTF-8. */
const hasWideCharacter = (bytes: Buffer) => bytes.some((byte) => byte >= 0xe0)

function decodes(decoder: { decode(bytes: Buffer): string }, bytes: Buffer): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}
