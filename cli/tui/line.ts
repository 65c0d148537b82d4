/** A screen is lines, a line is pieces of text with a style: exact columns whatever the script, and tests read it as text. */
import { safeText } from '../shared/safe-text.ts'
import { fit, pad, widthOf, wrap } from '../shared/width.ts'
import type { Style } from './theme.ts'

export interface Piece { text: string; style?: Style }
export type Line = readonly Piece[]

/** Exactly `width` cells of safe text. */
export function cell(text: string, width: number, style?: Style, align: 'left' | 'right' = 'left'): Piece {
  return { text: pad(safeText(text), width, align), style }
}

export const piece = (text: string, style?: Style): Piece => ({ text: safeText(text), style })

export const lineWidth = (line: Line): number => line.reduce((sum, one) => sum + widthOf(one.text), 0)

/** The line cut to `width` cells; short lines stay short. */
export function fitLine(line: Line, width: number): Line {
  let room = width
  return line.flatMap((one) => {
    if (room <= 0) return []
    const text = fit(one.text, room)
    room -= widthOf(text)
    return [{ ...one, text }]
  })
}

/** Left pieces at the left edge and right pieces at the right one; the left gives way. */
export function spread(left: Line, right: Line, width: number, style?: Style): Line {
  const room = width - lineWidth(right)
  const cut = fitLine(left, Math.max(0, room - 1))
  return [...cut, { text: ' '.repeat(Math.max(0, room - lineWidth(cut))), style }, ...right]
}

/** Text broken into lines of `width`, each after `indent`. */
export function paragraph(text: string, width: number, style?: Style, indent = ''): Line[] {
  return wrap(safeText(text), Math.max(10, width - widthOf(indent))).map((line) => [{ text: indent + line, style }])
}

export const textOf = (line: Line): string => line.map((one) => one.text).join('')
