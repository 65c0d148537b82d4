/**
 * SQL for one column of a staging table: what a bad value is, and the typed value of a good one. Staged text is never null: '' is
 * "not given".
 */
import pg from 'pg'
import type { ColumnRule, InputConfig } from '../../config/schemas/input.ts'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { ReasonCode } from './reasons.ts'

const { escapeIdentifier, escapeLiteral } = pg
export { escapeIdentifier, escapeLiteral }

/** A condition in SQL that holds for a bad row, and the column and reason to name it by. */
export interface Check {
  column: string
  code: ReasonCode
  bad: string
  /** SQL of the value to show; the column itself without it. */
  value?: string
}

const AMOUNT = '^[+-]?([0-9]{1,13}|[0-9]{1,3}(,[0-9]{3}){1,3}|[0-9],[0-9]{3},[0-9]{3},[0-9]{3},[0-9]{3})([.][0-9]{1,2})?$'
const DECIMAL = '^[+-]?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})([.][0-9]{1,10})?$'
const DATE = '^[0-9]{4}(-[0-9]{2}-[0-9]{2}|[0-9]{4})$'

/** The column of the row `s`. */
export const col = (column: string) => `s.${escapeIdentifier(column)}`

/** Typed SQL of a column whose checks have passed; null when not given and without default. */
export function typed(column: string, rule: ColumnRule, input: InputConfig): string {
  const source = col(column)
  const given = (value: string) =>
    `case when ${source} = '' then ${rule.default === undefined ? 'null' : typedLiteral(rule, input)} else ${value} end`
  switch (rule.type) {
    case 'text': return rule.default === undefined
      ? `nullif(${source}, '')`
      : `coalesce(nullif(${source}, ''), ${escapeLiteral(rule.default)})`
    case 'month': return `nullif(${source}, '')`
    case 'amount': return given(fen(source))
    case 'date': return given(`${source}::date`)
    case 'integer': return given(`${source}::int`)
    case 'decimal': return given(`trim_scale(replace(${source}, ',', '')::numeric)`)
    case 'flag': return given(`${source} = any(${textArray(input.flags.true)})`)
    case 'enum': return `nullif(${canonicalWord(source, rule.values!)}, '')`
    case 'list': return canonicalList(source, rule.values!)
    default: return rule.type satisfies never
  }
}

/** What is wrong with the text of a column, whatever the other columns hold. */
export function columnChecks(column: string, rule: ColumnRule, input: InputConfig): Check[] {
  const source = col(column)
  const check = (code: ReasonCode, bad: string): Check => ({ column, code, bad: `${source} <> '' and ${bad}` })
  const checks: Check[] = rule.required ? [{ column, code: 'not-given', bad: `${source} = ''` }] : []
  switch (rule.type) {
    case 'text': break
    case 'amount': checks.push(check('bad-amount', `not ${isAmount(source)}`)); break
    case 'date': checks.push(check('bad-date', `not ${isDate(source)}`)); break
    case 'month': checks.push(check('bad-month', `${source} !~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`)); break
    case 'integer': checks.push(check('bad-integer', `not (${isInteger(source)})`)); break
    case 'decimal': checks.push(check('bad-decimal', `${source} !~ '${DECIMAL}'`)); break
    case 'flag': checks.push(check(
      'bad-flag', `${source} <> all(${textArray([...input.flags.true, ...input.flags.false])})`,
    )); break
    case 'enum': if (!rule.open) checks.push(check('not-one-of', `${source} <> all(${textArray(allWords(rule.values!))})`)); break
    case 'list': checks.push(check('not-one-of', `${canonicalList(source, rule.values!)} is null`)); break
    default: rule.type satisfies never
  }
  return checks
}

/** True in SQL for the text of a real calendar date. */
export const isDate = (source: string) =>
  `case when ${source} ~ '${DATE}' then pg_input_is_valid(${source}, 'date') else false end`
/**
 * True in SQL for an amount that {@link fen} can take. The usual form is known without the regular expression, which costs ten
 * times as much.
 */
const isAmount = (source: string) => `case when ${isPlainAmount(source)} then true else ${source} ~ '${AMOUNT}' end`
/** Digits, a point, two digits. */
const isPlainAmount = (source: string) =>
  `translate(${source}, '0123456789', '') = '.' and ${source} like '_%.__' and length(${source}) <= 16`
export const isInteger = (source: string) => `translate(${source}, '0123456789', '') = '' and length(${source}) between 1 and 9`
export const isDecimal = (source: string) => `${source} ~ '${DECIMAL}'`

/** Fen of yuan text in SQL. */
export const fen = (source: string) =>
  `case when ${source} like '_%.__' then replace(replace(${source}, '.', ''), ',', '')::bigint else (replace(${source}, ',', '')::numeric * 100)::bigint end`

export const textArray = (words: readonly string[]) => `array[${words.map(escapeLiteral).join(', ')}]::text[]`

/** The value behind a word; an unknown word stays. */
export function canonicalWord(source: string, values: Record<string, readonly string[]>): string {
  const cases = Object.entries(values)
    .flatMap(([value, words]) => words.map((word) => `when ${escapeLiteral(word)} then ${escapeLiteral(value)}`))
  return cases.length === 0 ? source : `case ${source} ${cases.join(' ')} else ${source} end`
}

const allWords = (values: Record<string, readonly string[]>) =>
  Object.entries(values).flatMap(([value, words]) => [value, ...words])

/** Dimensions of a `;`-separated list in their fixed order; null when a word is unknown. */
function canonicalList(source: string, values: Record<string, readonly string[]>): string {
  const word = canonicalWord('btrim(word)', values)
  return `case when ${source} = '' then '{}'::text[] else (
    select case when bool_and(w = any(${textArray(DIMENSIONS)})) then array_agg(distinct w order by w) else null end
    from (select ${word} as w from regexp_split_to_table(${source}, '[;；]') as t(word) where btrim(word) <> '') words) end`
}

function typedLiteral(rule: ColumnRule, input: InputConfig): string {
  const text = rule.default!
  switch (rule.type) {
    case 'amount': return fen(escapeLiteral(text))
    case 'decimal': return `${escapeLiteral(text)}::numeric`
    case 'integer': return `${escapeLiteral(text)}::int`
    case 'flag': return String(input.flags.true.includes(text))
    default: return escapeLiteral(text)
  }
}
