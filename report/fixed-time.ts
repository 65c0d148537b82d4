/** XLSX is a ZIP, and a ZIP holds the time of its making; with a fixed one the same state gives the same bytes. */

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_OF_CENTRAL = 0x06054b50
/** 1980-01-01 00:00, the earliest that a ZIP can say. */
const DOS_TIME = 0
const DOS_DATE = (1 << 5) | 1

/**
 * The same ZIP with every entry's time set to 1980-01-01.
 * @throws Error if the bytes are not a ZIP of one part without extra sizes (ZIP64)
 */
export function withFixedTime(zip: Buffer): Buffer {
  const bytes = Buffer.from(zip)
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || bytes.readUInt32LE(end) !== END_OF_CENTRAL) throw new Error('not a ZIP file')
  let at = bytes.readUInt32LE(end + 16)
  for (let entries = bytes.readUInt16LE(end + 10); entries > 0; entries -= 1) {
    if (bytes.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error('central directory of the ZIP is broken')
    bytes.writeUInt16LE(DOS_TIME, at + 12)
    bytes.writeUInt16LE(DOS_DATE, at + 14)
    const local = bytes.readUInt32LE(at + 42)
    if (bytes.readUInt32LE(local) !== LOCAL_HEADER) throw new Error('local header of the ZIP is broken')
    bytes.writeUInt16LE(DOS_TIME, local + 10)
    bytes.writeUInt16LE(DOS_DATE, local + 12)
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return bytes
}
