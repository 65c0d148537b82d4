/** The carry-forward: totals of the plan, the openings as the database holds them, and the proof. */
import type { Plain } from '../../domain/canonical.ts'
import type { CarryForward } from '../district-parts.ts'
import type { DistrictReport } from '../model.ts'
import { type Html, html } from './escape.ts'
import { figures } from './figures.ts'
import { digest, heading, table, timeText, yuan } from './parts.ts'

const STATE_WORDS: Record<string, string> = {
  planned: '方案 planned', live: '已记账 live', reversed: '已冲回 reversed', discarded: '未采用 discarded',
}

/** Every generation; the one that counts is opened in full. */
export function carryForwardSection(district: DistrictReport): Html {
  const last = district.carryForwards.findLast((one) => one.state === 'live') ?? district.carryForwards.at(-1)
  return html`<section>${heading('年终结转与期初余额证明', 'Carry-forward and proof of the opening balances')}${table([
    { zh: '代', en: 'Gen.', number: true }, { zh: '状态', en: 'State' }, { zh: '方案', en: 'Plan' }, { zh: '制定', en: 'Planned' }, { zh: '记账', en: 'Live' }, { zh: '冲回', en: 'Reversed' },
  ], district.carryForwards.map((one) => html`<tr><td class="n">${one.generation}</td><td>${STATE_WORDS[one.state] ?? one.state}</td><td>${digest(one.planDigest)}</td>
<td class="t">${timeText(one.plannedAt)}</td><td class="t">${timeText(one.liveAt)}</td><td class="t">${timeText(one.reversedAt)} ${one.reversedBecause}</td></tr>`))}${last && details(last)}</section>`
}

function details(one: CarryForward): Html {
  return html`<h3>新年度期初余额<small>Opening balances of the new year</small></h3>${table([
    { zh: '账套', en: 'Book' }, { zh: '笔数', en: 'balances', number: true }, { zh: '借方', en: 'Debit', number: true }, { zh: '贷方', en: 'Credit', number: true }, { zh: '平衡', en: 'Balanced' },
  ], one.books.map((book) => html`<tr><td class="k">${book.book}</td><td class="n">${book.balances}</td><td class="n">${yuan(book.debit)}</td><td class="n">${yuan(book.credit)}</td>
<td>${book.debit === book.credit ? html`<span class="ok">✓</span>` : html`<span class="stop">✗</span>`}</td></tr>`))}
<h3>证明<small>Proof, read back after the write</small></h3>${proof(one.proof)}
<h3>方案合计<small>Totals of the plan</small></h3>${figures(one.totals)}`
}

/** A proof is a list of checks; another shape is shown as it is. */
function proof(value: Plain): Html {
  if (value === null) return html`<p class="none">尚未记账 not yet live</p>`
  const { checks } = value as {
    checks?: readonly { zh: string; en: string; ok: boolean; expected: string; actual: string; offending?: readonly unknown[] }[]
  }
  if (!Array.isArray(checks)) return figures(value)
  return table([{ zh: '证明项', en: 'Check' }, { zh: '应为', en: 'Expected', number: true }, { zh: '实为', en: 'Actual', number: true }, { zh: '通过', en: 'Holds' }],
    (checks as NonNullable<typeof checks>).map((check) => html`<tr><td>${check.zh}<div class="en">${check.en}</div></td><td class="n">${yuan(check.expected)}</td><td class="n">${yuan(check.actual)}</td>
<td>${check.ok ? html`<span class="ok">✓</span>` : html`<span class="stop">✗ ${check.offending?.length ?? ''}</span>`}</td></tr>`))
}
