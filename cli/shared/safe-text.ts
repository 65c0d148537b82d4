/** Text from data on its way to a terminal: nothing in it may move the cursor, change colours or turn the reading order. */

// Line breaks and tabs become one space; C0, DEL, C1, zero-width and bidirectional controls, and lone surrogates vanish.
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

/** One line without control characters: `'a\x1b[31mb\nc'` → `'a[31mb c'`. */
export function safeText(text: string): string {
  return text.replace(BREAKS, ' ').replace(CONTROLS, '')
}

/** Several lines, each without control characters. */
export function safeLines(text: string): string {
  return text.split(/\r?\n/).map(safeText).join('\n')
}
