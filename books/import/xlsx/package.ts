/** The ZIP package of a workbook: its parts, read as a stream and checked against their CRC. */
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import yauzl from 'yauzl'

/** A workbook that can not be read; the message says where it breaks. */
export class BrokenWorkbook extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'BrokenWorkbook'
  }
}

/** Real workbooks have some dozens. */
const MOST_PARTS = 10_000

export interface Package {
  has(part: string): boolean
  /** @throws BrokenWorkbook when the part is missing, truncated or damaged */
  read(part: string): AsyncGenerator<Buffer>
}

/** @throws BrokenWorkbook when the file is no ZIP package */
export async function openPackage(handle: FileHandle): Promise<Package> {
  const parts = new Map<string, yauzl.Entry>()
  try {
    const zip = await yauzl.fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true, validateEntrySizes: true })
    if (zip.entryCount > MOST_PARTS) throw new BrokenWorkbook(`${zip.entryCount} parts`)
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName, entry)
    return { has: (part) => parts.has(part), read: (part) => readPart(zip, part, parts.get(part)) }
  } catch (error) {
    throw error instanceof BrokenWorkbook ? error : new BrokenWorkbook((error as Error).message, error)
  }
}

async function* readPart(zip: yauzl.ZipFile, part: string, entry: yauzl.Entry | undefined): AsyncGenerator<Buffer> {
  if (!entry) throw new BrokenWorkbook(`${part} is missing`)
  let crc = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      crc = crc32(chunk as Buffer, crc)
      yield chunk as Buffer
    }
  } catch (error) {
    throw new BrokenWorkbook(`${part}: ${(error as Error).message}`, error)
  }
  if (crc !== entry.crc32) throw new BrokenWorkbook(`${part}: wrong checksum`)
}
