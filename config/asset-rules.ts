/** From the rules of config/asset-health.yaml to checked SQL; what can not be used is named with its place in the file. */
import { patternProblem } from '../domain/expression/literals.ts'
import { ExpressionError } from '../domain/expression/tokens.ts'
import { type Names, type ParameterValue, comparable } from '../domain/expression/types.ts'
import { compile, compileCondition } from '../domain/expression/compile.ts'
import { parseYuan } from '../domain/money.ts'
import { extraProblems } from './asset-extra-rules.ts'
import { CARD_COLUMNS, type ClassData, cardFields, cardNames } from './asset-columns.ts'
import { type CardWords, messageSql, textSql } from './asset-messages.ts'
import type { AssetHealthConfig, CardGroup, CardRule, RawParameter } from './schemas/asset-health.ts'

/** A bit for each rule of a family in one 64-bit mask. */
const RULES_PER_FAMILY_MAX = 60

export interface CompiledGroup { by: readonly string[]; where: string | null; differ: string | null; some: readonly string[]; of: string | null }
/** `whole`: `of` is a column of whole fen, so that the limit can be one too. */
export interface CompiledMedian { of: string; whole: boolean; where: string; times: string; minCards: string }

/** A rule as the engine runs it: every text is SQL over `assets a` (and `units u` when `readsUnits`). */
export interface CompiledRule {
  id: string
  family: string
  severity: CardRule['severity']
  /** The parts of the condition; the card violates the rule when all are true. */
  condition: readonly string[] | null
  /** The condition looks at nothing but the class of the card. */
  ofClass: boolean
  groups: readonly CompiledGroup[]
  median: CompiledMedian | null
  once: boolean
  message: { zh: string; en: string }
  /** Suggestions; `value` is null in SQL where there is none. */
  fixes: readonly { field: string; is: string; value: string }[]
  /** Columns of assets.csv that may have to be corrected, the likeliest first. */
  fields: readonly string[]
  readsUnits: boolean
}

/** What a condition may read to be decided once for each class code. */
const OF_CLASS: ReadonlySet<string> = new Set(['class_code', 'class_in_force'])

type Problem = { path: readonly (string | number)[]; message: string }
type Draft = Omit<AssetHealthConfig, 'districts'> & { districts: AssetHealthConfig['districts'] }

/**
 * The rules that hold for a district in the report year, compiled; `wide` as in {@link Names}, `words` for the Chinese messages.
 * @throws ExpressionError (never after the loader accepted the file)
 */
export function compileRules(
  config: AssetHealthConfig, district: string, year: number, wide = true, words?: CardWords,
): CompiledRule[] {
  return rulesOf(config, district).map((rule) => compileRule(config, rule, year, wide, words))
}

/** The rules that hold for a district, with its own parameters. */
export function rulesOf(config: AssetHealthConfig, district: string): CardRule[] {
  const own = config.districts[district]
  return config.rules
    .filter(({ id, enabled }) => (own?.on.includes(id) || enabled) && !own?.off.includes(id))
    .map((rule) => ({ ...rule, parameters: { ...rule.parameters, ...own?.parameters[rule.id] } }))
}

function compileRule(config: Draft, rule: CardRule, year: number, wide: boolean, words?: CardWords): CompiledRule {
  const names = cardNames(config, year, parametersOf(rule.parameters), wide)
  const columns = new Set<string>()
  const take = (make: typeof compile, source: string) => {
    const compiled = make(source, names)
    for (const column of compiled.columns) columns.add(column)
    return compiled
  }
  const main = rule.condition === undefined ? null : take(compileCondition, rule.condition)
  const condition = (source: string) => take(compileCondition, source).sql
  const column = (name: string) => take(compile, name).sql
  const compiled = {
    id: rule.id, family: rule.id[0]!, severity: rule.severity, once: rule.report === 'once',
    condition: main && main.parts, ofClass: main !== null && [...main.columns].every((name) => OF_CLASS.has(name)),
    groups: (rule.groups ?? []).map((group) => compileGroup(group, condition, column)),
    median: rule.median ? {
      of: column(rule.median.of), whole: CARD_COLUMNS.get(rule.median.of) === 'money', where: condition(rule.median.where),
      times: column(rule.median.times), minCards: column(rule.median.min_cards),
    } : null,
    message: {
      zh: messageSql(`${config.subject.zh}：${rule.message?.zh}。${rule.suggestion?.zh}`, names, '（空）', words),
      en: messageSql(`${config.subject.en}: ${rule.message?.en}. ${rule.suggestion?.en}`, names, '(empty)'),
    },
    fixes: (rule.fix ?? []).map((fix) => fixOf(fix, names)),
  }
  const fields = rule.fields ?? cardFields([...(rule.fix ?? []).map(({ field }) => field), ...columns])
  return { ...compiled, fields, readsUnits: columns.has('unit_kind') }
}

/** A suggestion that says what stands there already is none. */
function fixOf({ field, value, when }: NonNullable<CardRule['fix']>[number], names: Names): CompiledRule['fixes'][number] {
  const [is, given] = [compile(field, names), compile(value, names)]
  if (!CARD_COLUMNS.has(field)) throw new ExpressionError(`no column ${field}`, 1)
  if (!comparable(is.type, given.type)) throw new ExpressionError(`${field} is a ${is.type}, its suggestion a ${given.type}`, 1)
  const type = is.type
  const known = [`(${given.sql}) is distinct from (${is.sql})`, ...(when === undefined ? [] : [compileCondition(when, names).sql])].join(' and ')
  return { field, is: textSql(is.sql, type), value: `case when ${known} then ${textSql(given.sql, type)} end` }
}

function compileGroup(group: CardGroup, condition: (source: string) => string, column: (name: string) => string): CompiledGroup {
  return {
    by: group.by.map(column), where: group.where === undefined ? null : condition(group.where),
    differ: group.differ === undefined ? null : column(group.differ), some: (group.some ?? []).map(condition),
    of: group.of === undefined ? null : condition(group.of),
  }
}

/** Parameters of a rule file as typed values: amounts become fen. */
export function parametersOf(raw: Readonly<Record<string, RawParameter>>): ReadonlyMap<string, ParameterValue> {
  return new Map(Object.entries(raw).map(([name, value]) => [name, parameterOf(value)]))
}

function parameterOf(value: RawParameter): ParameterValue {
  if (typeof value === 'number') return { type: 'number', value }
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (typeof value === 'string') return { type: 'text', value }
  if (Array.isArray(value)) return { type: 'texts', value }
  return 'yuan' in value ? { type: 'money', value: parseYuan(value.yuan) } : { type: 'date', value: value.date }
}

/** Everything that is wrong with the rules, each with its path in the file. */
export function compileCheckRules(config: Draft): Problem[] {
  return [...classProblems(config), ...ruleProblems(config), ...overrideProblems(config)]
}

function classProblems(config: ClassData): Problem[] {
  const pattern = patternProblem(config.class_pattern)
  if (pattern) return [{ path: ['class_pattern'], message: pattern }]
  return config.non_depreciable.flatMap((name, index) =>
    config.classes[name] ? [] : [{ path: ['non_depreciable', index], message: `no class group ${name}` }])
}

function ruleProblems(config: Draft): Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, number>()
  config.rules.forEach((rule, index) => {
    const path = ['rules', index]
    if (seen.has(rule.id)) problems.push({ path: [...path, 'id'], message: `rule ${rule.id} stands twice` })
    seen.set(rule.id, index)
    const forms = [rule.condition, rule.groups, rule.median].filter((form) => form !== undefined).length
    const others = [rule.per_unit, rule.last_year].filter((form) => form !== undefined).length
    if (forms > 1 || forms + others === 0) problems.push({ path, message: `rule ${rule.id} needs one of condition, groups, median, or per_unit or last_year` })
    if (forms > 0 && (!rule.message || !rule.suggestion)) problems.push({ path, message: `rule ${rule.id} needs a message and a suggestion` })
    if (!config.families[rule.id[0] as 'D']) problems.push({ path: [...path, 'id'], message: `no family ${rule.id[0]}` })
    problems.push(...compileProblems(config, rule, path), ...extraProblems(config, rule, path))
    if (rule.median && /\b(in_class|unit_kind|depreciable|class_in_force|life_m\w+imum)\b/.test(rule.median.where)) {
      problems.push({ path: [...path, 'median', 'where'], message: `rule ${rule.id}: the cards of a median are chosen by their own columns alone` })
    }
  })
  for (const family of Object.keys(config.families)) {
    const count = config.rules.filter(({ id }) => id.startsWith(family)).length
    if (count > RULES_PER_FAMILY_MAX) problems.push({ path: ['rules'], message: `family ${family} has more than ${RULES_PER_FAMILY_MAX} rules` })
  }
  return problems
}

/** Where in a rule an expression stands that can not be compiled: the parts are tried one by one. */
function compileProblems(config: Draft, rule: CardRule, path: (string | number)[]): Problem[] {
  const bare = { ...rule, condition: undefined, groups: undefined, median: undefined, fix: undefined, fields: undefined, per_unit: undefined, last_year: undefined, message: { zh: '-', en: '-' }, suggestion: { zh: '-', en: '-' } }
  const attempts: [string, CardRule][] = [
    ['condition', { ...bare, condition: rule.condition }], ['groups', { ...bare, groups: rule.groups }],
    ['median', { ...bare, median: rule.median }], ['fix', { ...bare, fix: rule.fix }], ['fields', bare],
    ['message', { ...bare, message: rule.message }], ['suggestion', { ...bare, suggestion: rule.suggestion }],
  ]
  return attempts.flatMap(([part, attempt]) => {
    try {
      compileRule(config, attempt, 2025, true)
      const unknown = part === 'fields' ? rule.fields?.find((name) => !CARD_COLUMNS.has(name)) : undefined
      if (unknown) throw new ExpressionError(`no column ${unknown}`, 1)
      return []
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      return [{ path: [...path, part], message: `rule ${rule.id}: ${error.message}` }]
    }
  })
}

/** An override must speak of a rule and a parameter that there are, and give a value with which the rule still compiles. */
function overrideProblems(config: Draft): Problem[] {
  const rules = new Map(config.rules.map((rule) => [rule.id, rule]))
  return Object.entries(config.districts).flatMap(([district, { off, on, parameters }]) => [
    ...([['off', off], ['on', on]] as const).flatMap(([part, ids]) => ids.flatMap((id, index) =>
      rules.has(id) ? [] : [{ path: ['districts', district, part, index], message: `no rule ${id}` }])),
    ...Object.entries(parameters).flatMap(([id, values]) => Object.entries(values).flatMap(([name, value]) =>
      parameterProblem(config, rules.get(id), name, value).map((message) => ({ path: ['districts', district, 'parameters', id, name], message: `rule ${id}${message}` })))),
  ])
}

function parameterProblem(config: Draft, rule: CardRule | undefined, name: string, value: RawParameter): string[] {
  const base = rule?.parameters[name]
  if (!rule || base === undefined) return [` has no parameter ${name}`]
  const [is, must] = [parameterOf(value).type, parameterOf(base).type]
  if (is !== must) return [`: ${name} must be a ${must}, not a ${is}`]
  return compileProblems(config, { ...rule, parameters: { ...rule.parameters, [name]: value } }, []).map(({ message }) => `: ${message}`)
}
