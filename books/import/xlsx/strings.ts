/** The shared strings of a workbook, packed: a million of them take their bytes and four more each, not an object each. */
import type { Package } from './package.ts'
import { parseXml, unescapeText } from './xml.ts'

export class StringTable {
  #bytes = Buffer.alloc(1 << 16)
  #ends = new Uint32Array(1 << 12)
  #count = 0

  add(text: string): void {
    const start = this.#count === 0 ? 0 : this.#ends[this.#count - 1]!
    const length = Buffer.byteLength(text)
    if (start + length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#bytes.length * 2, start + length))
      this.#bytes.copy(grown)
      this.#bytes = grown
    }
    if (this.#count === this.#ends.length) {
      const grown = new Uint32Array(this.#ends.length * 2)
      grown.set(this.#ends)
      this.#ends = grown
    }
    this.#bytes.write(text, start)
    this.#ends[this.#count] = start + length
    this.#count += 1
  }

  /** Undefined when there is no such string. */
  get(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined
    return this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1]!, this.#ends[index]!)
  }
}

/** Reads the strings: runs of rich text become one, phonetic hints are left out. */
export async function readStrings(workbook: Package, part: string): Promise<StringTable> {
  const strings = new StringTable()
  let text = ''
  let inside = false
  let phonetic = false
  const handlers = {
    open: (name: string) => {
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') inside = !phonetic
    },
    close: (name: string) => {
      if (name === 'si') strings.add(unescapeText(text))
      else if (name === 'rPh') phonetic = false
      else if (name === 't') inside = false
    },
    text: (piece: string) => { if (inside) text += piece },
  }
  for await (const _ of parseXml(part, workbook.read(part), handlers)) { /* the table grows */ }
  return strings
}
