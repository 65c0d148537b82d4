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

/** Breaks a line of text into lines of at most `width` cells, at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let lastSpace = -1
  for (const { segment } of SEGMENTER.segment(text)) {
    if (widthOf(line) + widthOf(segment) > width) {
      const breakAt = lastSpace > 0 ? lastSpace : line.length
      lines.push(line.slice(0, breakAt).trimEnd())
      line = line.slice(breakAt).trimStart()
      lastSpace = -1
    }
    if (segment === ' ') lastSpace = line.length
    line += segment
  }
  return line || lines.length === 0 ? [...lines, line] : lines
}

export interface Column { title: string; align?: 'left' | 'right'; max?: number }

/** A plain table, columns two spaces apart, as wide as their widest cell (at most `max`); cells are made safe. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map(safeText))
  const widths = columns.map((column, index) =>
    Math.min(column.max ?? Infinity, Math.max(widthOf(column.title), ...safe.map((row) => widthOf(row[index] ?? '')))))
  const line = (cells: readonly string[]) =>
    columns.map((column, index) => pad(cells[index] ?? '', widths[index]!, column.align)).join('  ').trimEnd()
  return [line(columns.map((column) => column.title)), ...safe.map(line)].join('\n')
}
