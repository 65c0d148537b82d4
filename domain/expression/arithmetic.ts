/** Sums, differences, products and quotients: which types they take, and their SQL. All of it is exact. */
import type { Value } from './cursor.ts'
import { common, comparable, isNumeric } from './types.ts'

/** The sum or difference, or a sentence on what is wrong. */
export function added(left: Value, sign: string, right: Value, wide: boolean): Value | string {
  if (left.type === 'date' && right.type === 'date' && sign === '-') {
    return { type: 'number', sql: `(${left.sql} - ${right.sql})` }
  }
  if (left.type === 'date' && isNumeric(right.type) && right.type !== 'money') {
    return { type: 'date', sql: `(${left.sql} ${sign} (${right.sql})::int)` }
  }
  if (!isNumeric(left.type) || !comparable(left.type, right.type)) return `can not take ${left.type} ${sign} ${right.type}`
  return { type: common(left.type, right.type), sql: `(${left.sql}${wide ? '::numeric' : ''} ${sign} ${right.sql})` }
}

/** The product or quotient, or a sentence on what is wrong. */
export function multiplied(left: Value, sign: string, right: Value, wide: boolean): Value | string {
  if (!isNumeric(left.type) || !isNumeric(right.type)) return `can not take ${left.type} ${sign} ${right.type}`
  const amounts = [left, right].filter(({ type }) => type === 'money').length
  if (sign === '*') {
    if (amounts === 2) return 'an amount times an amount means nothing'
    return { type: amounts === 1 ? 'money' : 'number', sql: `(${left.sql}${wide ? '::numeric' : ''} * ${right.sql})` }
  }
  if (right.type === 'money' && left.type !== 'money') return 'a number over an amount means nothing'
  // What can not be divided is unknown, and an unknown condition finds nothing.
  return {
    type: left.type === 'money' && right.type !== 'money' ? 'money' : 'number',
    sql: `(${left.sql}::numeric / nullif(${right.sql}, 0))`,
  }
}
