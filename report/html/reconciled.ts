/** The figures of the reconciliation: one row for each, whatever else a method counts beside the sums. */
import type { Plain } from '../../domain/canonical.ts'
import { ruleOrder } from '../../domain/findings.ts'
import { type Html, html } from './escape.ts'
import { flatten } from './figures.ts'
import { table, yuan } from './parts.ts'

const STATES: Record<string, string> = {
  compared: '已核对 compared', skipped: '无数据 none', missing: '缺对账单 no statement', 'no-league': '盟本级未参加 no league',
  'own-league': '本级 the league itself',
}
/** What stands in columns of its own, or in the section of the adjusted balances. */
const SHOWN = new Set(['state', 'a', 'b', 'difference', 'keys', 'unequal', 'adjusted'])

type Row = { readonly [name: string]: Plain | undefined }
const isRow = (value: Plain | undefined): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'unequal' in value

/** Null where the figures are none of a reconciliation. */
export function reconciledFigures(figures: Plain): Html | null {
  const all = typeof figures === 'object' && figures !== null && !Array.isArray(figures) ? Object.entries(figures) : []
  const rows = all.filter((entry): entry is [string, Row] => isRow(entry[1]))
    .toSorted(([one], [other]) => ruleOrder(one)[1] - ruleOrder(other)[1])
  if (rows.length === 0) return null
  const amount = (value: Plain | undefined) => (typeof value === 'string' ? yuan(value) : '')
  return table([
    { zh: '对账', en: 'Rule' }, { zh: '甲方合计', en: 'A', number: true }, { zh: '乙方合计', en: 'B', number: true },
    { zh: '差额', en: 'A − B', number: true },
    { zh: '对账项', en: 'keys', number: true }, { zh: '不符项', en: 'differ', number: true }, { zh: '结果', en: 'State' },
    { zh: '其他', en: 'Beside' },
  ], rows.map(([number, row]) => html`<tr><td class="k">${number}</td><td class="n">${amount(row.a)}</td><td class="n">${amount(row.b)}</td><td class="n">${amount(row.difference)}</td>
<td class="n">${String(row.keys)}</td><td class="n">${String(row.unequal)}</td><td>${STATES[String(row.state)] ?? String(row.state)}</td><td class="en">${besides(row)}</td></tr>`))
}

const besides = (row: Row): string =>
  flatten(Object.fromEntries(Object.entries(row).filter(([name]) => !SHOWN.has(name))) as Plain)
    .map(([name, value]) => `${name} ${value}`).join('，')
