/** Differences with their life, and the adjusted balances 余额调节表, of one district. */
import { STEP_NAMES } from '../../domain/steps.ts'
import type { BalanceReport, DifferenceReport } from '../district-parts.ts'
import type { DistrictReport, YearReport } from '../model.ts'
import { type Html, html } from './escape.ts'
import { ROWS_OF_RULE_MAX } from './findings.ts'
import { digest, heading, table, tag, timeText, yuan } from './parts.ts'

export const DIFFERENCE_STATES: Record<DifferenceReport['state'], { zh: string; en: string; tone: string }> = {
  open: { zh: '待处理', en: 'open', tone: 'stop' }, 'to-correct': { zh: '待更正', en: 'to be corrected', tone: 'wait' },
  explained: { zh: '已说明', en: 'explained', tone: 'ok' },
  waived: { zh: '已豁免', en: 'waived', tone: 'ok' }, cleared: { zh: '已消除', en: 'cleared', tone: 'ok' },
}

/** Every difference: sides, age, reason, who sees to it, where its payment stands. */
export function differencesSection({ differences }: DistrictReport): Html {
  const shown = differences.slice(0, ROWS_OF_RULE_MAX)
  return html`<section>${heading('对账差异', 'Differences of the reconciliations')}${table([
    { zh: '对账', en: 'Rule' }, { zh: '对象', en: 'Key' }, { zh: '甲方', en: 'A', number: true }, { zh: '乙方', en: 'B', number: true }, { zh: '差额', en: 'A − B', number: true },
    { zh: '天数', en: 'Days', number: true }, { zh: '原因与说明', en: 'Kind and explanation' }, { zh: '负责人', en: 'Owner' }, { zh: '状态', en: 'State' },
  ], shown.map(differenceRow))}${differences.length > shown.length && html`<p class="none">另有 ${differences.length - shown.length} 项，见工作簿或 JSON。${differences.length - shown.length} more in the workbook and the JSON.</p>`}</section>`
}

function differenceRow(one: DifferenceReport): Html {
  const said = one.explanation
  return html`<tr><td class="k">${one.rule}</td><td class="k">${one.key}</td><td class="n">${yuan(one.a)}</td><td class="n">${yuan(one.b)}</td><td class="n">${yuan(one.difference)}</td>
<td class="n">${one.ageDays}${one.since && html`<div class="en">${one.since}</div>`}</td>
<td>${one.kind && html`${one.kind.zh} <span class="en">${one.kind.en}${one.suggested && '?'}</span>`}
${said && html`<p class="said">${timeText(said.at)} <b>${said.actor}</b>：${said.comment}${said.evidence && html` [${said.evidence.name} ${digest(said.evidence.sha256)}]`}</p>`}${placesText(one)}</td>
<td>${one.owner}</td><td>${tag(DIFFERENCE_STATES[one.state])}</td></tr>`
}

function placesText({ payment, places, odd }: DifferenceReport): Html | false {
  return places.length > 0 && html`<p class="said">多方核对 ${payment}：${places.map((place, index) => html`${index > 0 && '，'}<span class="${odd.places.includes(place.place) && 'stop'}">${place.name?.zh ?? place.place} ${yuan(place.amount)}${place.status && ` (${place.status})`}</span>`)}
${odd.decided ? odd.places.length > 0 && html`<span class="stop">不一致 odd one out：${places.filter((place) => odd.places.includes(place.place)).map((place) => `${place.name?.zh ?? place.place} ${place.name?.en ?? ''}`).join('、')}</span>` : '不能判定 not decidable'}</p>`
}

/** One statement for each reconciliation and party that differs. */
export function balancesSection({ balances }: DistrictReport): Html {
  return html`<section>${heading('余额调节表', 'Adjusted balances')}${balances.length === 0 ? html`<p class="none">无 none</p>` : balances.slice(0, ROWS_OF_RULE_MAX).map(statement)}</section>`
}

function statement(one: BalanceReport): Html {
  const side = ({ name, opening, movement, balance, items, adjusted }: BalanceReport['a']) => html`<td>${name.zh} <span class="en">${name.en}</span>
${opening !== '0.00' && html`<div>期初 opening ${yuan(opening)}，发生 movement ${yuan(movement)}</div>`}<div>余额 balance <b>${yuan(balance)}</b></div>
${items.map((item) => html`<div>${item.amount.startsWith('-') ? '减 less' : '加 plus'} ${item.key} ${yuan(item.amount)} <span class="en">${item.explanation}</span></div>`)}
<div>调节后余额 adjusted <b>${yuan(adjusted)}</b></div></td>`
  return html`<h3>${one.reconciliation} ${one.name.zh} ${one.party}<small>${one.name.en}</small></h3>
<div class="scroll"><table><tbody><tr>${side(one.a)}${side(one.b)}</tr></tbody></table></div>
<p>${one.ties ? tag({ zh: '相符', en: 'they tie', tone: 'ok' }) : html`${tag({ zh: '不符', en: 'they do not tie', tone: 'stop' })} ${yuan(one.difference)}`}
${one.missing.length > 0 && html`<span class="en">未列为未达账项 not in transit：${one.missing.slice(0, 20).map((each) => `${each.key} ${yuan(each.difference)}`).join('；')}${one.missing.length > 20 && ' …'}</span>`}</p>`
}

const STANDINGS: Record<YearReport['mirrors'][number]['standing'], { zh: string; en: string; tone: string }> = {
  compared: { zh: '已核对', en: 'compared', tone: 'ok' }, waits: { zh: '等待盟本级', en: 'waits for the league', tone: 'wait' },
  'not-there': { zh: '未到对账', en: 'not there yet', tone: 'wait' },
  'no-league': { zh: '盟本级未参加', en: 'no league', tone: 'idle' }, 'no-run': { zh: '未开始', en: 'not started', tone: 'idle' },
}

/** The league's books against each district's, by fund: what mirrors, what does not, and who is waited for. */
export function mirrorsSection({ mirrors, districts }: YearReport): Html {
  const named = new Map(districts.map(({ code, name }) => [code, name.zh]))
  return html`<section>${heading('上下级往来', 'Upper and lower level')}${table([
    { zh: '区划', en: 'District' }, { zh: '对账', en: 'Rule' }, { zh: '资金', en: 'Fund' }, { zh: '盟本级', en: 'League', number: true }, { zh: '旗县', en: 'District', number: true }, { zh: '差额', en: 'Difference', number: true }, { zh: '状态', en: 'State' },
  ], mirrors.flatMap((mirror) => {
    const wait = html`${tag(STANDINGS[mirror.standing])}${mirror.step && html` ${STEP_NAMES[mirror.step].zh}`}${mirror.since && html`<div class="en">自 since ${timeText(mirror.since)}</div>`}`
    const rows = mirror.rows.length > 0 ? mirror.rows : [{ key: '—', ...mirror.totals, mirrors: true, finding: null }]
    return rows.map((row, index) => html`<tr><td>${index === 0 && html`<b>${named.get(mirror.district) ?? mirror.district}</b><div>${wait}</div>`}</td><td class="k">${mirror.reconciliation}</td><td class="k">${row.key}</td>
<td class="n">${yuan(row.league)}</td><td class="n">${yuan(row.district)}</td><td class="n">${row.mirrors ? '' : yuan(row.difference)}</td>
<td>${row.mirrors ? tag({ zh: '相符', en: 'mirrors', tone: 'ok' }) : row.finding ? tag(DIFFERENCE_STATES[row.finding.state]) : tag({ zh: '不符', en: 'does not mirror', tone: 'stop' })}</td></tr>`)
  }))}</section>`
}
