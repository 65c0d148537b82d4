/** JSON as the commands print it. */

// JSON escapes C0 only; DEL, C1 and bidirectional controls in data would reach the terminal of who looks at it.
const CONTROLS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const escaped = (json: string) => json.replace(CONTROLS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One document, two-space indent, bigint as text: the same value gives the same bytes. */
export function jsonDocument(value: unknown): string {
  return escaped(JSON.stringify(value, jsonValue, 2))
}

/** One line, for streams of JSON lines. */
export function jsonLine(value: unknown): string {
  return escaped(JSON.stringify(value, jsonValue))
}

const jsonValue = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
