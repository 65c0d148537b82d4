/** Rules that need more than the cards of the year: what a unit was given, and last year's cards. */
import { compile, compileCondition } from '../domain/expression/compile.ts'
import { quote } from '../domain/expression/literals.ts'
import { ExpressionError } from '../domain/expression/tokens.ts'
import type { Names, ValueType } from '../domain/expression/types.ts'
import { CARD_COLUMNS, type ClassData, cardNames } from './asset-columns.ts'
import { type CardWords, messageSql } from './asset-messages.ts'
import { parametersOf, rulesOf } from './asset-rules.ts'
import type { AssetHealthConfig, CardRule, LastYear, PerUnit } from './schemas/asset-health.ts'

interface Said { message: { zh: string; en: string } }

/** SQL over the cards `a` of one unit, its given figure `p.value`, its name `u.name` and what it has, `m.measure`. */
export interface CompiledPerUnit extends Said {
  id: string; severity: CardRule['severity']; where: string; measure: string; broken: string; given: string
}

/** SQL over a card `a` (of this year; for `gone` of last year) and, for `changed`, last year's card `p`. */
export interface CompiledLastYear extends Said {
  id: string; severity: CardRule['severity']; find: LastYear['find']; where: string; differs: string | null
}

type Draft = Pick<AssetHealthConfig, 'subject' | 'quotas'> & ClassData
type Problem = { path: readonly (string | number)[]; message: string }

/**
 * The rules of a district that look at what units were given. @throws ExpressionError (never after the loader accepted the file)
 */
export function compilePerUnit(config: AssetHealthConfig, district: string, year: number): CompiledPerUnit[] {
  return rulesOf(config, district).flatMap((rule) => (rule.per_unit ? [perUnitOf(config, rule, rule.per_unit, year)] : []))
}

/** The rules of a district that look at last year's cards. @throws ExpressionError (never after the loader accepted the file) */
export function compileLastYear(
  config: AssetHealthConfig, district: string, year: number, words?: CardWords,
): CompiledLastYear[] {
  return rulesOf(config, district)
    .flatMap((rule) => (rule.last_year ?? []).map((part) => lastYearOf(config, rule, part, year, words)))
}

function perUnitOf(config: Draft, rule: CardRule, part: PerUnit, year: number): CompiledPerUnit {
  const names = cardNames(config, year, parametersOf(rule.parameters), true)
  if (!config.quotas.includes(part.given)) throw new ExpressionError(`no figure ${part.given} among quotas`, 1)
  const summed = part.sum === undefined ? null : compile(part.sum, names)
  if (summed && summed.type !== 'number' && summed.type !== 'money') {
    throw new ExpressionError(`can not add up a ${summed.type}`, 1)
  }
  const times = part.times === undefined ? null : compile(part.times, names)
  if (times && times.type !== 'number') throw new ExpressionError(`${part.times} is a ${times.type}, not a number`, 1)
  const limit = times ? `p.value * ${times.sql}` : 'p.value'
  const where = compileCondition(part.where, names)
  if (where.columns.has('unit_kind')) throw new ExpressionError('unit_kind is not known here', 1)
  const shown = (sql: string) => ({ type: 'number' as const, sql })
  const words: Names = { ...names, columns: new Map<string, { type: ValueType; sql: string }>([
    ['measure', shown('m.measure')], ['given', shown('p.value')], ['limit', shown(`(${limit})`)],
    ['unit', { type: 'text', sql: 'p.unit' }], ['unit_name', { type: 'text', sql: 'u.name' }],
  ]) }
  return {
    id: rule.id, severity: rule.severity, given: part.given, where: where.sql,
    measure: summed === null
      ? 'count(*)::numeric'
      : summed.type === 'money' ? `coalesce(sum(${summed.sql}), 0)::numeric / 100` : `coalesce(sum(${summed.sql}), 0)::numeric`,
    broken: `m.measure ${part.op} (${limit})`,
    message: {
      zh: messageSql(`单位 {unit}（{unit_name}）：${part.message.zh}。${part.suggestion.zh}`, words, '（空）'),
      en: messageSql(`Unit {unit} ({unit_name}): ${part.message.en}. ${part.suggestion.en}`, words, '(empty)'),
    },
  }
}

function lastYearOf(config: Draft, rule: CardRule, part: LastYear, year: number, words?: CardWords): CompiledLastYear {
  const own = cardNames(config, year, parametersOf(rule.parameters), true)
  const before = [...CARD_COLUMNS].map(([name, type]) => [`last_${name}`, { type, sql: `p.${name}` }] as const)
  const names = part.find === 'changed' ? { ...own, columns: new Map([...own.columns, ...before]) } : own
  if ((part.column === undefined) === (part.find === 'changed')) {
    throw new ExpressionError('a column stands with changed, and only there', 1)
  }
  if (part.column !== undefined && !CARD_COLUMNS.has(part.column)) throw new ExpressionError(`no column ${part.column}`, 1)
  const where = compileCondition(part.where, names)
  if (where.columns.has('unit_kind')) throw new ExpressionError('unit_kind is not known here', 1)
  return {
    id: rule.id, severity: rule.severity, find: part.find, where: where.sql,
    differs: part.column === undefined ? null : `a.${part.column} is distinct from p.${part.column}`,
    message: {
      zh: messageSql(`${config.subject.zh}：${part.message.zh}。${part.suggestion.zh}`, names, '（空）', words),
      en: messageSql(`${config.subject.en}: ${part.message.en}. ${part.suggestion.en}`, names, '(empty)'),
    },
  }
}

/** What is wrong with these parts of a rule. */
export function extraProblems(config: Draft, rule: CardRule, path: readonly (string | number)[]): Problem[] {
  const attempts: [string, () => unknown][] = [
    ...(rule.per_unit ? [['per_unit', () => perUnitOf(config, rule, rule.per_unit!, 2025)] as [string, () => unknown]] : []),
    ...(rule.last_year ?? []).map((part): [string, () => unknown] => ['last_year', () => lastYearOf(config, rule, part, 2025)]),
  ]
  return attempts.flatMap(([name, attempt]) => {
    try {
      attempt()
      return []
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      return [{ path: [...path, name], message: `rule ${rule.id}: ${error.message}` }]
    }
  })
}

/** A list of names as a SQL array. */
export const namesSql = (names: readonly string[]): string => `array[${names.map(quote).join(', ')}]::text[]`
