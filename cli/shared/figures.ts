/** The figures of a step: the few that a person approves by, and all of them. */
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { Step } from '../../domain/steps.ts'
import type { Text } from './lang.ts'

export interface Figure { label: Text; value: string; money: boolean }
type Figures = { readonly [name: string]: unknown }

export const text = (zh: string, en: string): Text => ({ zh, en })

/** Where the telling figures of each step stand; what a step does not have is left out. */
const HEADLINES: Record<Step, readonly [path: string, label: Text][]> = {
  'in-transit': [
    ['amount', text('在途金额', 'in transit')], ['documents', text('单据', 'documents')], ['blocking', text('阻断', 'blocking')],
    ['inDoubt', text('存疑', 'in doubt')], ['settled', text('已办结', 'settled')],
  ],
  reconcile: [],
  'carry-forward': [
    ['openingTotals.debit', text('年初借方', 'openings debit')], ['openingTotals.credit', text('年初贷方', 'openings credit')],
    ['newIndicators.amount', text('结转指标', 'indicators carried')], ['openingTotals.balances', text('余额', 'balances')],
    ['openingTotals.books', text('账套', 'books')], ['newIndicators.indicators', text('新指标', 'new indicators')],
    ['change.openings', text('变动余额', 'openings changed')], ['change.amount', text('变动金额', 'changed by')],
  ],
  initialise: [
    ['openings.debit', text('年初借方', 'openings debit')], ['openings.credit', text('年初贷方', 'openings credit')],
    ['openings.carriedAmount', text('结转指标', 'indicators carried')], ['newYear', text('新年度', 'new year')],
    ['openings.count', text('余额', 'balances')],
    ['differences.added', text('新增', 'added')], ['differences.dropped', text('停用', 'dropped')],
    ['differences.renamed', text('更名', 'renamed')],
    ['differences.changed', text('变更', 'changed')], ['trialDay.passed', text('试运行通过', 'trial passed')],
    ['trialDay.failed', text('试运行未通过', 'trial failed')],
  ],
  'asset-health': [['cards', text('卡片', 'cards')], ['rules', text('规则', 'rules')]],
  'sign-off': [
    ['steps.carry-forward.figures.openingTotals.debit', text('年初借方', 'openings debit')],
    ['steps.carry-forward.figures.openingTotals.credit', text('年初贷方', 'openings credit')],
    ['steps.carry-forward.figures.newIndicators.amount', text('结转指标', 'indicators carried')],
    ['steps.in-transit.figures.amount', text('在途金额', 'in transit')], ['steps', text('步骤', 'steps')],
  ],
}

/** The telling figures, money first; of a step with other figures its plain ones. */
export function headlines(step: Step, figures: Figures): Figure[] {
  const found = step === 'reconcile' ? reconciled(figures) : HEADLINES[step].flatMap(([path, label]) => {
    const value = at(figures, path)
    return value === undefined || value === null ? [] : [figureOf(label, value)]
  })
  if (found.length > 0) return found.toSorted((a, b) => Number(b.money) - Number(a.money))
  return Object.entries(figures).filter(([, value]) => typeof value === 'number' || isMoney(value)).slice(0, 8)
    .map(([name, value]) => figureOf(text(name, name), value))
}

/** Of `{ R1: { state, a, b, difference, keys, unequal } }`: what was compared, and where sums differ. */
function reconciled(figures: Figures): Figure[] {
  const all = Object.entries(figures).filter((entry): entry is [string, { state: string; unequal: number; difference: string }] =>
    typeof entry[1] === 'object' && entry[1] !== null && 'unequal' in entry[1])
  if (all.length === 0) return []
  const compared = all.filter(([, one]) => one.state === 'compared')
  return [
    ...compared.filter(([, one]) => one.unequal > 0)
      .map(([name, one]) => figureOf(text(`${name} 差额`, `${name} differs by`), one.difference)),
    figureOf(text('已对账', 'reconciled'), compared.length),
    figureOf(text('跳过', 'skipped'), all.filter(([, one]) => one.state === 'skipped').length),
  ]
}

/** Every figure by its path; elements of a list by what names them. Long lists end with how many more there are. */
export function allFigures(figures: Figures, prefix = ''): { path: string; value: string }[] {
  const entries = Array.isArray(figures)
    ? figures.map((value: unknown, index) => [nameIn(value) ?? String(index + 1), value] as const)
    : Object.entries(figures)
  const rows = entries.slice(0, FIGURES_MAX).flatMap(([name, value]) => {
    const path = prefix ? `${prefix} ${name}` : name
    if (value === null || value === undefined) return []
    return typeof value === 'object' ? allFigures(value as Figures, path) : [{ path, value: display(value) }]
  })
  return entries.length > FIGURES_MAX ? [...rows, { path: prefix, value: `+${entries.length - FIGURES_MAX}` }] : rows
}
const FIGURES_MAX = 200

function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const name of ['rule', 'disposition', 'accountClass', 'code', 'name', 'unit']) {
    const own = (value as Figures)[name]
    if (typeof own === 'string') return own
  }
  return undefined
}

function at(figures: Figures, path: string): unknown {
  return path.split('.').reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Figures)[name] : undefined), figures,
  )
}

const isMoney = (value: unknown): value is string => typeof value === 'string' && /^-?\d+\.\d\d$/.test(value)
const display = (value: unknown): string => (isMoney(value) ? displayYuan(parseYuan(value)) : String(value))

function figureOf(label: Text, value: unknown): Figure {
  const shown = typeof value === 'object' && value !== null ? String(Object.keys(value).length) : display(value)
  return { label, value: shown, money: isMoney(value) }
}
