/** Cells of a terminal: a Chinese character takes two, so padding and cutting go by width, never by length. */
import stringWidth from 'string-width'
import { safeText } from './safe-text.ts'

/** Marks cut text. Not the usual ellipsis: that one is two cells wide in some Chinese terminals. */
export const CUT = '⋯'

/** Width in cells. */
export const widthOf = (text: string): number => stringWidth(text)

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The longest beginning of `text` that fits, marked with {@link CUT} when something was cut off. */
export function fit(text: string, width: number, mark = CUT): string {
  if (width <= 0) return ''
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of SEGMENTER.segment(text)) {
    const next = widthOf(segment)
    if (used + next > width - widthOf(mark)) break
    kept += segment
    used += next
  }
  return kept + mark
}

/** Exactly `width` cells: cut or padded with spaces. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left', mark = CUT): string {
  const cut = fit(text, width, mark)
  const space = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return align === 'left' ? cut + space : space + cut
}

/** Breaks a text into lines of at most `width` cells: words at spaces, Chinese anywhere but before a closing mark. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line: string[] = []
  let used = 0
  for (const { segment } of SEGMENTER.segment(text)) {
    if (used + widthOf(segment) > width && line.length > 0) {
      const at = breakPoint(line, segment)
      lines.push(line.slice(0, at).join('').trimEnd())
      line = line.slice(at)
      while (line[0] === ' ') line.shift()
      used = line.reduce((sum, one) => sum + widthOf(one), 0)
    }
    if (segment === ' ' && line.length === 0 && lines.length > 0) continue
    line.push(segment)
    used += widthOf(segment)
  }
  return line.length > 0 || lines.length === 0 ? [...lines, line.join('')] : lines
}

/** Where a full line is cut when `next` does not fit any more. */
function breakPoint(line: readonly string[], next: string): number {
  if (CLOSING.test(next) && line.length > 1) return line.length - 1
  const wordGoesOn = widthOf(next) === 1 && next !== ' ' && widthOf(line.at(-1)!) === 1 && line.at(-1) !== ' '
  if (!wordGoesOn) return line.length
  // Back to the beginning of the word, unless it fills the whole line.
  const start = line.findLastIndex((one) => one === ' ' || widthOf(one) > 1) + 1
  return start > 0 ? start : line.length
}
const CLOSING = /^[，。：；、）》”’！？]$/u

export interface Column { title: string; align?: 'left' | 'right'; max?: number }

/** A plain table, columns two spaces apart, as wide as their widest cell (at most `max`); cells are made safe. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((text) => safeText(text).trim()))
  const widths = columns.map((column, index) =>
    Math.min(column.max ?? Infinity, Math.max(widthOf(column.title), ...safe.map((row) => widthOf(row[index] ?? '')))))
  const line = (cells: readonly string[]) =>
    columns.map((column, index) => pad(cells[index] ?? '', widths[index]!, column.align)).join('  ').trimEnd()
  return [line(columns.map((column) => column.title)), ...safe.map(line)].join('\n')
}
