/** Types of the rule language. `zero` is the literal 0, which is a number and an amount. */

export type ValueType = 'boolean' | 'number' | 'zero' | 'money' | 'date' | 'text' | 'texts'

/** A value of a parameter: amounts in fen. */
export type ParameterValue =
  | { type: 'number'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'money'; value: bigint }
  | { type: 'text'; value: string }
  | { type: 'date'; value: string }
  | { type: 'texts'; value: readonly string[] }

/**
 * What an expression may name: columns with their types and SQL, parameters, and groups of classes with the SQL of their test.
 */
export interface Names {
  columns: ReadonlyMap<string, { type: ValueType; sql: string }>
  parameters: ReadonlyMap<string, ParameterValue>
  classes: ReadonlyMap<string, string>
  /**
   * Sums and products as numerics, which never overflow, instead of machine integers, which are several times faster and
   * refuse what is too large (error 22003).
   */
  wide: boolean
}

/** A checked expression: its type, its SQL, the columns that it reads, and the parts of the `and` chain that it is. */
export interface Compiled { type: ValueType; sql: string; columns: ReadonlySet<string>; parts: readonly string[] }

/** Whether values of the two types can be compared. */
export function comparable(left: ValueType, right: ValueType): boolean {
  if (left === right) return left !== 'texts'
  return isNumeric(left) && isNumeric(right) && (left === 'zero' || right === 'zero')
}

export function isNumeric(type: ValueType): boolean {
  return type === 'number' || type === 'money' || type === 'zero'
}

/** The common type of two comparable values. */
export function common(left: ValueType, right: ValueType): ValueType {
  return left === 'zero' ? right : left
}
