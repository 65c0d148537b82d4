/**
 * Document numbers from the patterns of number rules 单号规则, such as `ZF{YYYY}{SEQ:8}`. Pure.
 * Marks: {YYYY} {YY} {MM} {DD} the day, {DISTRICT} {UNIT} whose document it is, {SEQ} or {SEQ:8} the sequence with so many
 * figures.
 */

export interface NumberPlace { day: string; district: string; unit: string | null }

/** Why no number can be made: no sequence in the pattern, or a mark that is none. */
export type NumberProblem = { problem: 'no-sequence' } | { problem: 'unknown-mark'; mark: string }

const MARK = /\{([^{}]*)\}/g

/** The number at a place of the sequence, from 1; or why the pattern gives none. `day` is `2026-01-05`. */
export function numberOf(pattern: string, place: NumberPlace, sequence: number): { number: string } | NumberProblem {
  const marks = [...pattern.matchAll(MARK)].map(([, mark]) => mark!)
  const values = marks.map((mark) => valueOf(mark, place, sequence))
  const unknown = marks.find((_, index) => values[index] === null)
  if (unknown !== undefined) return { problem: 'unknown-mark', mark: unknown }
  if (!marks.some((mark) => SEQUENCE.test(mark))) return { problem: 'no-sequence' }
  let next = 0
  return { number: pattern.replace(MARK, () => values[next++]!) }
}

/** Whether the pattern's numbers tell the years apart. */
export const holdsYear = (pattern: string): boolean => /\{Y+\}/.test(pattern)

const SEQUENCE = /^SEQ(:?\d{1,2})?$/

function valueOf(mark: string, { day, district, unit }: NumberPlace, sequence: number): string | null {
  if (SEQUENCE.test(mark)) return String(sequence).padStart(Number(mark.replace(/\D/g, '')) || 1, '0')
  switch (mark) {
    case 'YYYY': return day.slice(0, 4)
    case 'YY': return day.slice(2, 4)
    case 'MM': return day.slice(5, 7)
    case 'DD': return day.slice(8, 10)
    case 'DISTRICT': return district
    case 'UNIT': return unit ?? ''
    default: return null
  }
}
