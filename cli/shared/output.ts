/** JSON as the commands print it. */

/** One document, two-space indent, bigint as text: the same value gives the same bytes. */
export function jsonDocument(value: unknown): string {
  return JSON.stringify(value, jsonValue, 2)
}

/** One line, for streams of JSON lines. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, jsonValue)
}

const jsonValue = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
