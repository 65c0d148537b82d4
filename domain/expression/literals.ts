/** SQL literals: the only way by which a value of a rule file reaches a statement. */
import type { ParameterValue } from './types.ts'

/** A quoted SQL text; backslashes need no care under standard_conforming_strings, which PostgreSQL sets. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a text can not hold NUL')
  return `'${text.replaceAll("'", "''")}'`
}

/** The SQL literal of a parameter, with its type. */
export function literal(parameter: ParameterValue): string {
  switch (parameter.type) {
    case 'number': return numberLiteral(parameter.value)
    case 'boolean': return String(parameter.value)
    case 'money': return `(${parameter.value}::bigint)`
    case 'text': return `${quote(parameter.value)}::text`
    case 'date': return `${quote(parameter.value)}::date`
    case 'texts': return `array[${parameter.value.map(quote).join(', ')}]::text[]`
    default: return parameter satisfies never
  }
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
  return Number.isInteger(value) ? `(${value})` : `(${value}::numeric)`
}

/** Whether the text is a day of the calendar: 2025-02-29 is not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** What is wrong with a pattern, or undefined. References back to groups are refused: they are what makes patterns slow. */
export function patternProblem(pattern: string): string | undefined {
  if (/\\\d/.test(pattern)) return 'a pattern can not refer back to its groups'
  try {
    RegExp(pattern, 'u')
    return undefined
  } catch {
    return `not a regular expression: ${pattern}`
  }
}
