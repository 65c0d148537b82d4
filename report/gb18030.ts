/** GB18030 encoding: Node decodes it and can not encode it, so the decoder's table is turned round once. */

let table: Map<string, Buffer> | undefined

/** Bytes of a text in GB18030 (one, two and, for rarer characters of the first plane, four bytes). */
export function encodeGb18030(text: string): Buffer {
  table ??= buildTable()
  const parts: Buffer[] = []
  let ascii = ''
  for (const character of text) {
    if (character < '\u0080') { ascii += character; continue }
    if (ascii) { parts.push(Buffer.from(ascii, 'latin1')); ascii = '' }
    const bytes = table.get(character)
    if (!bytes) throw new RangeError(`not in the GB18030 table: ${character}`)
    parts.push(bytes)
  }
  if (ascii) parts.push(Buffer.from(ascii, 'latin1'))
  return Buffer.concat(parts)
}

function buildTable(): Map<string, Buffer> {
  const decoder = new TextDecoder('gb18030')
  const found = new Map<string, Buffer>()
  const add = (bytes: number[]) => {
    const buffer = Buffer.from(bytes)
    const character = decoder.decode(buffer)
    if (character.length === 1 && character !== '\uFFFD' && !found.has(character)) found.set(character, buffer)
  }
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) if (second !== 0x7f) add([first, second])
  }
  for (let first = 0x81; first <= 0x84; first += 1) {
    for (let second = 0x30; second <= 0x39; second += 1) {
      for (let third = 0x81; third <= 0xfe; third += 1) {
        for (let fourth = 0x30; fourth <= 0x39; fourth += 1) add([first, second, third, fourth])
      }
    }
  }
  return found
}
