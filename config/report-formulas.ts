/** From the formulas of config/asset-report.yaml to terms over cells: `*` becomes every line or column of its table. */
import { patternProblem } from '../domain/expression/literals.ts'
import { ExpressionError } from '../domain/expression/tokens.ts'
import { compile, compileCondition } from '../domain/expression/compile.ts'
import { type ClassData, cardNames } from './asset-columns.ts'
import type { AssetReportConfig, ReportFormula } from './schemas/asset-report.ts'

export interface Term { factor: string; cell: string | null; prior: boolean; constant: string | null }

/** One comparison of one cell, for every unit that reports one of its cells. */
export interface ExpandedFormula {
  rule: string; at: string; op: ReportFormula['op']; terms: readonly Term[]; tolerance: number; text: string
}

type Problem = { path: readonly (string | number)[]; message: string }
type Draft = AssetReportConfig

const TERM = /^(?<sign>-)?(?:(?<factor>\d+(?:\.\d+)?)\*)?(?<prior>prior:)?(?<cell>[A-Za-z0-9_.-]+\/[A-Za-z0-9_.*-]+(?:\/[A-Za-z0-9_.*-]+)?)$/
const CONSTANT = /^-?\d+(\.\d+)?$/

/**
 * The class groups stand in another file: while this one is checked any name will do, and the step refuses one that is not there.
 */
const anyClasses = (condition: string): ClassData => ({
  class_pattern: '', non_depreciable: [], life_minimum: [],
  classes: Object.fromEntries([...condition.matchAll(/'([^']*)'/g)].map(([, name]) => [name!, []])),
})

/** Every comparison, and what is wrong with the file. */
export function expandFormulas(config: Draft): { formulas: ExpandedFormula[]; problems: Problem[] } {
  const formulas: ExpandedFormula[] = []
  const problems: Problem[] = []
  config.formulas.forEach((formula, index) => {
    const path = ['formulas', index]
    if (!config.rules[formula.rule]) problems.push({ path: [...path, 'rule'], message: `no rule ${formula.rule}` })
    const unknown = [formula.at, ...formula.to].filter((term) => !CONSTANT.test(term) && cellsOf(
      config, TERM.exec(term)?.groups?.cell ?? '',
    ).length === 0)
    if (unknown.length > 0) problems.push({ path, message: `no such cell: ${unknown.join(', ')}` })
    else formulas.push(...cellsOf(config, formula.at).flatMap((at) => expand(formula, at)))
  })
  for (const [name, cards] of Object.entries(config.cards)) {
    try {
      cardSum(cards, anyClasses(cards.where), 2025)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      problems.push({ path: ['cards', name], message: error.message })
    }
  }
  config.change.cells.forEach((cell, index) => {
    if (cellsOf(config, cell).length === 0) problems.push({ path: ['change', 'cells', index], message: `no such cell: ${cell}` })
  })
  config.analysis.forEach(({ pattern, cell }, index) => {
    if (cellsOf(config, cell).length === 0) problems.push({ path: ['analysis', index, 'cell'], message: `no such cell: ${cell}` })
    const wrong = patternProblem(pattern) ?? (pattern.includes('(?<value>') ? undefined : 'a pattern needs the group (?<value>…)')
    if (wrong) problems.push({ path: ['analysis', index, 'pattern'], message: wrong })
  })
  return { formulas, problems }
}

/**
 * The cells that a pattern names (`Z01/total/closing`, `ledger/fixed_cost`, `cards/floor_area`); none when there is no such cell.
 */
export function cellsOf(config: Draft, pattern: string): string[] {
  const [table, line, column] = pattern.split('/')
  if (column === undefined) {
    if (table === 'given') return line !== undefined && config.given.includes(line) ? [pattern] : []
    const names = table === 'ledger' ? config.ledger : table === 'cards' ? config.cards : {}
    return line !== undefined && Object.hasOwn(names, line) ? [pattern] : []
  }
  const known = config.tables[table!]
  if (!known) return []
  const pick = (names: Record<string, unknown>, wanted: string) =>
    (wanted === '*' ? Object.keys(names) : Object.keys(names).filter((name) => name === wanted))
  return pick(known.lines, line!).flatMap((one) => pick(known.columns, column).map((other) => `${table}/${one}/${other}`))
}

/** The formula for one cell: a `*` in `to` is the line or column that the cell has in that place. */
function expand(formula: ReportFormula, at: string): ExpandedFormula[] {
  const place = at.split('/')
  const pattern = formula.at.split('/')
  const terms = formula.to.map((text): Term => {
    if (CONSTANT.test(text)) return { factor: '1', cell: null, prior: false, constant: text }
    const { sign, factor, prior, cell } = TERM.exec(text)!.groups!
    const own = cell!.split('/').map((part, index) => (part === '*' && pattern[index] === '*' ? place[index]! : part)).join('/')
    return { factor: `${sign ?? ''}${factor ?? '1'}`, cell: own, prior: prior !== undefined, constant: null }
  })
  const text = terms.map((term) =>
    `${term.factor === '1' ? '' : term.factor === '-1' ? '-' : `${term.factor}*`}${term.prior ? 'prior:' : ''}${term.cell ?? term.constant}`)
    .join(' + ').replaceAll('+ -', '- ')
  return [{ rule: formula.rule, at, op: formula.op, terms, tolerance: formula.tolerance, text: `${formula.op} ${text}` }]
}

/** A sum over cards as SQL over `a` and `k`; money in yuan. @throws ExpressionError */
export function cardSum(
  cards: AssetReportConfig['cards'][string], classes: ClassData, year: number,
): { sum: string; where: string } {
  const names = cardNames(classes, year, new Map(), true)
  const value = compile(cards.sum, names)
  if (value.type !== 'money' && value.type !== 'number') throw new ExpressionError(`can not add up a ${value.type}`, 1)
  const state = `coalesce(a.booked, false) = ${!cards.unbooked} and not coalesce(a.use_status = 'disposed', false)`
  return {
    sum: value.type === 'money' ? `(${value.sql})::numeric / 100` : value.sql,
    where: `${state} and ${compileCondition(cards.where, names).sql}`,
  }
}
