/** The functions of the rule language: each checks its arguments and gives SQL that can neither write nor fail on data. */
import { quote } from './literals.ts'
import { type ValueType, common, comparable, isNumeric } from './types.ts'

export interface Argument { type: ValueType; sql: string }
export interface Result { type: ValueType; sql: string }
/** Gives the SQL, or a sentence on what is wrong with the arguments. */
export type RuleFunction = (values: readonly Argument[], wide: boolean) => Result | string

/** What each function takes and gives, for messages and the docs. */
export const FUNCTIONS: ReadonlyMap<string, RuleFunction> = new Map<string, RuleFunction>([
  ['empty', one((value) => value.type === 'text'
    // The first character tells for nearly every text; only a text that begins with a blank is looked at whole.
    ? { type: 'boolean', sql: `(${value.sql} is null or (ascii(${value.sql}) <= 32 and btrim(${value.sql}) = ''))` }
    : { type: 'boolean', sql: `(${value.sql} is null)` })],
  ['coalesce', same((type, sql) => ({ type, sql: `coalesce(${sql.join(', ')})` }))],
  ['least', same((type, sql) => ({ type, sql: `least(${sql.join(', ')})` }))],
  ['greatest', same((type, sql) => ({ type, sql: `greatest(${sql.join(', ')})` }))],
  // The sum of what is given; nothing when none of them is.
  ['given_sum', same((type, sql, wide) => ({
    type,
    sql: `(case when coalesce(${sql.join(', ')}) is not null then ${sql.map((part) => `coalesce(${part}, 0)${wide ? '::numeric' : ''}`).join(' + ')} end)`,
  }))],
  ['abs', numeric((type, sql) => ({ type, sql: `abs(${sql})` }))],
  // Half up; of amounts to the fen.
  ['round', numeric((type, sql) => ({ type, sql: `round(${sql}::numeric)` }))],
  ['length', typed('text', (sql) => ({ type: 'number', sql: `length(${sql})` }))],
  ['trim', typed('text', (sql) => ({ type: 'text', sql: `btrim(${sql})` }))],
  ['upper', typed('text', (sql) => ({ type: 'text', sql: `upper(${sql})` }))],
  // Full-width characters as the usual ones, and no blanks at all: ＬＳＶ１２ ３ is LSV123.
  ['half_width', typed('text', (sql) => ({ type: 'text', sql: `regexp_replace(normalize(${sql}, NFKC), '\\s', '', 'g')` }))],
  ['without', (values) => values.length === 2 && values.every(({ type }) => type === 'text')
    ? { type: 'text', sql: `translate(${values[0]!.sql}, ${values[1]!.sql}, '')` }
    : 'takes a text and the characters to leave out'],
  ['year', typed('date', (sql) => ({ type: 'number', sql: `date_part('year', ${sql})::int` }))],
  ['month', typed('date', (sql) => ({ type: 'text', sql: `to_char(${sql}, 'YYYY-MM')` }))],
  // A month written 2025-12, 2025/12 or 202512, as 2025-12; unknown when it is none.
  ['month_text', typed('text', (sql) => ({
    type: 'text',
    sql: `(case when btrim(${sql}) ~ '^\\d{4}[-/.]?(0[1-9]|1[0-2])$' then left(btrim(${sql}), 4) || '-' || right(btrim(${sql}), 2) end)`,
  }))],
  ['to_number', typed('text', (sql) => ({ type: 'number', sql: `(case when ${sql} ~ '^\\d{1,9}$' then (${sql})::int end)` }))],
  ['add_months', (values) => values.length === 2 && values[0]!.type === 'date' && values[1]!.type === 'number'
    ? { type: 'date', sql: `(${values[0]!.sql} + make_interval(months => (${values[1]!.sql})::int))::date` }
    : 'takes a date and a number of months'],
  ['segment', (values) => values.length === 2 && values.every(({ type }) => type === 'text')
    ? { type: 'text', sql: `substring(${values[0]!.sql} from nullif(${values[1]!.sql}, ''))` }
    : 'takes a text and a pattern with one group'],
  ['vin_check', typed('text', (sql) => ({ type: 'boolean', sql: vinCheck(sql) }))],
])

function one(give: (value: Argument) => Result): RuleFunction {
  return (values) => (values.length === 1 && values[0]!.type !== 'texts' ? give(values[0]!) : 'takes one value')
}

function typed(type: ValueType, give: (sql: string) => Result): RuleFunction {
  return (values) => (values.length === 1 && values[0]!.type === type ? give(values[0]!.sql) : `takes one ${type}`)
}

function numeric(give: (type: ValueType, sql: string) => Result): RuleFunction {
  return (values) =>
    (values.length === 1 && isNumeric(values[0]!.type) ? give(values[0]!.type, values[0]!.sql) : 'takes one number or amount')
}

function same(give: (type: ValueType, sql: readonly string[], wide: boolean) => Result): RuleFunction {
  return (values, wide) => {
    if (values.length < 2) return 'takes at least two values'
    if (!values.every(({ type }) => comparable(type, values[0]!.type))) return 'takes values of one type'
    return give(values.reduce<ValueType>((type, value) => common(type, value.type), 'zero'), values.map(({ sql }) => sql), wide)
  }
}

const VIN_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'
const VIN_DIGITS = '12345678123457923456789'
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** The check digit of a 17-character VIN (GB 16735): weighted sum modulo 11, 10 is X; false for any other text. */
function vinCheck(sql: string): string {
  const digits = `translate(${sql}, ${quote(VIN_LETTERS)}, ${quote(VIN_DIGITS)})`
  const sum = VIN_WEIGHTS.map((weight, index) => (weight === 0 ? '' : `substr(${digits}, ${index + 1}, 1)::int * ${weight}`))
    .filter((part) => part !== '').join(' + ')
  return `(case when ${sql} ~ '^[A-HJ-NPR-Z0-9]{17}$' then substr('0123456789X', (${sum}) % 11 + 1, 1) = substr(${sql}, 9, 1) else false end)`
}
