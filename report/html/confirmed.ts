/** Confirmations 对账确认 and monthly reconciliations 月度对账 of one district. */
import type { DistrictReport } from '../model.ts'
import { type Html, html } from './escape.ts'
import { ROWS_OF_RULE_MAX } from './findings.ts'
import { heading, table, tag, timeText, yuan } from './parts.ts'

export const CONFIRMATION_STATES = {
  confirmed: { zh: '已确认', en: 'confirmed', tone: 'ok' }, fallen: { zh: '已失效', en: 'fallen', tone: 'stop' },
  missing: { zh: '未确认', en: 'missing', tone: 'idle' },
} as const

/** Each confirmation that is asked for; nothing where no reconciliation was compared. */
export function confirmationsSection({ confirmations = [] }: DistrictReport): Html {
  if (confirmations.length === 0) return html``
  // Those of which somebody has said something, or must, first: a district has hundreds of units.
  const first = confirmations.toSorted(
    (one, other) => Number(one.state === 'missing' && !one.required) - Number(other.state === 'missing' && !other.required),
  )
  const shown = first.slice(0, ROWS_OF_RULE_MAX)
  return html`<section>${heading('对账确认', 'Confirmations of the reconciliations')}${table([
    { zh: '对账', en: 'No.' }, { zh: '银行或单位', en: 'Party' }, { zh: '确认人', en: 'Confirmed by' }, { zh: '状态', en: 'State' }, { zh: '甲方', en: 'A', number: true },
    { zh: '乙方', en: 'B', number: true }, { zh: '差异', en: 'Differences', number: true }, { zh: '说明', en: 'Comment' },
  ], shown.map((one) => html`<tr><td class="k">${one.reconciliation}<div class="en">${one.name.zh}</div></td><td>${one.party}</td>
<td>${one.title.zh}<div class="en">${one.title.en}${one.required && html` <b>必需 required</b>`}</div></td>
<td>${tag(CONFIRMATION_STATES[one.state])}${one.by !== null && html`<div><b>${one.by}</b> <span class="en">${timeText(one.at)}</span></div>`}</td>
<td class="n">${yuan(one.balance.a)}</td><td class="n">${yuan(one.balance.b)}</td><td class="n">${one.balance.differences}</td>
<td>${one.comment}${one.fallen.map((given) => html`<p class="said struck">${given.by} ${timeText(given.at)} ${given.comment}</p><p class="said">${given.voidReason}</p>`)}</td></tr>`))}
${first.length > shown.length && html`<p class="none">另有 ${first.length - shown.length} 项，见工作簿或 JSON。${first.length - shown.length} more in the workbook and the JSON.</p>`}</section>`
}

/** Months across, reconciliations down: how many differences, and how many of them are new. Nothing where no month was run. */
export function monthlySection({ monthly }: DistrictReport): Html {
  if (!monthly || monthly.checks.length === 0) return html``
  const months = [...new Set(monthly.checks.map(({ month }) => month))].sort()
  const rows = [...Map.groupBy(monthly.checks, ({ reconciliation }) => reconciliation).entries()]
  return html`<section>${heading('月度对账', 'Monthly reconciliations: differences, of these new')}${table(
    [{ zh: '对账', en: 'No.' }, ...months.map((month) => ({ zh: month, en: '', number: true }))],
    rows.map(([number, own]) => html`<tr><td class="k">${number}</td>${months.map((month) => monthCell(own.find((one) => one.month === month)))}</tr>`))}</section>`
}

type Check = NonNullable<DistrictReport['monthly']>['checks'][number]

function monthCell(one: Check | undefined): Html {
  if (one === undefined) return html`<td></td>`
  if (one.state !== 'compared' && one.state !== 'missing') return html`<td class="n en">–</td>`
  return html`<td class="n">${one.unequal}${one.new > 0 && html` <span class="stop">+${one.new}</span>`}${one.gone > 0 && html` <span class="en">−${one.gone}</span>`}</td>`
}
