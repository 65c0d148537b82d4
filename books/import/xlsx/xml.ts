/** Streaming XML with bounded memory: names without prefix, no document types, no long texts. */
import { SaxesParser } from 'saxes'
import { BrokenWorkbook } from './package.ts'

export interface XmlHandlers {
  open(name: string, attributes: Record<string, string>): void
  close?(name: string): void
  text?(text: string): void
}

/** Feeds the chunks to the handlers and yields after each, so that a reader can hand on what is complete. */
export async function* parseXml(part: string, chunks: AsyncIterable<Buffer>, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ fragment: false })
  const fail = (message: string, cause?: unknown): never => { throw new BrokenWorkbook(`${part}: ${message}`, cause) }
  parser.on('error', (error) => fail(error.message))
  parser.on('doctype', () => fail('a document type is not allowed'))
  parser.on('opentag', ({ name, attributes }) => handlers.open(localName(name), attributes as Record<string, string>))
  parser.on('closetag', ({ name }) => handlers.close?.(localName(name)))
  parser.on('text', (text) => handlers.text?.(text))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of chunks) {
    parser.write(decode(decoder, fail, chunk))
    yield
  }
  parser.write(decode(decoder, fail)).close()
  yield
}

/** Parses a small part to its end. */
export async function parseWhole(part: string, chunks: AsyncIterable<Buffer>, handlers: XmlHandlers): Promise<void> {
  for await (const _ of parseXml(part, chunks, handlers)) { /* the handlers keep what they need */ }
}

function decode(
  decoder: { decode(chunk?: Buffer, options?: { stream: boolean }): string }, fail: (message: string) => never, chunk?: Buffer,
): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch {
    return fail('not UTF-8')
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

/** Excel writes control characters as _x000D_. */
export const unescapeText = (text: string) =>
  (text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(
    hex, 16,
  ))) : text)
