/** Findings, each with what people decided on it. */
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import type { FindingReport } from '../district-parts.ts'
import { countBySeverity, isCleared } from '../model.ts'
import { type Html, html } from './escape.ts'
import { ACTIONS, SEVERITIES, STATUSES, heading, table, tag, timeText, yuan } from './parts.ts'

/** Rows that a page shows of one rule; the workbook and the JSON have them all. */
export const ROWS_OF_RULE_MAX = 200

/** Counts by step and rule, then every finding. */
export function findingsSection(findings: readonly FindingReport[]): Html {
  return html`<section>${heading('检查发现与处理', 'Findings and decisions')}${summary(findings)}
${STEPS.filter((step) => findings.some((one) => one.step === step)).map((step) => html`
<h3>${STEP_NAMES[step].zh}<small>${STEP_NAMES[step].en}</small></h3>${stepFindings(findings.filter((one) => one.step === step))}`)}</section>`
}

function summary(findings: readonly FindingReport[]): Html {
  const groups = [...Map.groupBy(findings, (one) => `${one.step}/${one.rule}`)]
  return table([
    { zh: '步骤', en: 'Step' }, { zh: '规则', en: 'Rule' }, { zh: '程度', en: 'Severity' }, { zh: '合计', en: 'all', number: true },
    { zh: '待处理', en: 'open', number: true }, { zh: '已说明', en: 'explained', number: true },
    { zh: '已豁免', en: 'waived', number: true },
    { zh: '已解决', en: 'resolved', number: true }, { zh: '更正后消除', en: 'cleared', number: true },
  ], groups.map(([, own]) => {
    const standing = own.filter((one) => !isCleared(one))
    const count = (status: FindingReport['status']) => standing.filter((one) => one.status === status).length
    return html`<tr><td>${STEP_NAMES[own[0]!.step].zh}</td><td class="k">${own[0]!.rule}</td><td>${tag(SEVERITIES[own[0]!.severity])}</td>
<td class="n">${standing.length}</td><td class="n">${count('open')}</td><td class="n">${count('explained')}</td><td class="n">${count('waived')}</td><td class="n">${count('resolved')}</td><td class="n">${own.length - standing.length}</td></tr>`
  }))
}

function stepFindings(findings: readonly FindingReport[]): Html {
  const shown = [...Map.groupBy(findings, (one) => one.rule)].flatMap(([, own]) => own.slice(0, ROWS_OF_RULE_MAX))
  const left = findings.length - shown.length
  return html`${table([
    { zh: '规则', en: 'Rule' }, { zh: '对象', en: 'Key' }, { zh: '金额', en: 'Amount', number: true }, { zh: '问题与处理', en: 'What, and what was decided' }, { zh: '状态', en: 'Status' },
  ], shown.map(findingRow))}${left > 0 && html`<p class="none">另有 ${left} 条，见工作簿或 JSON。${left} more in the workbook and the JSON.</p>`}`
}

function findingRow(one: FindingReport): Html {
  return html`<tr><td class="k">${one.rule}</td><td class="k">${one.key}</td><td class="n">${yuan(one.amount)}</td>
<td>${one.message.zh}<div class="en">${one.message.en}</div>${one.known && knownText(one.known)}${one.words.map(said)}${one.closedBy === 'recheck' && html`<p class="said">${timeText(one.closedAt)} 复查时已不存在 no longer seen when checked again</p>`}</td>
<td>${tag(STATUSES[one.status])}<br>${tag(SEVERITIES[one.severity])}</td></tr>`
}

/** What each side knows of a document in doubt. */
function knownText({ conclusion, statements, vouchers, receipt }: NonNullable<FindingReport['known']>): Html {
  return html`<p class="said">${conclusion.zh} ${conclusion.en}${statements.map((row) => html`<br>对账单 statement ${row.reconciliation} ${row.party}：${row.reference}，${row.date ?? ''}，${yuan(row.amount)}`)}
${vouchers.map((row) => html`<br>凭证 voucher ${row.book} ${row.voucher}，${row.date}，${yuan(row.amount)}${!row.posted && '（未记账 not posted）'}`)}${receipt && html`<br>回单 receipt ${receipt.reference}，${receipt.actor}`}</p>`
}

function said(word: FindingReport['words'][number]): Html {
  const action = ACTIONS[word.action]
  const verdict = word.accepted === null ? '（未裁定 not judged）' : word.accepted ? '' : `（被拒绝 refused：${word.refusal?.zh ?? ''}）`
  return html`<p class="said${word.void && ' void'}">${timeText(word.at)} <b>${word.actor}</b> ${action.zh} ${action.en}${verdict}：${word.comment}${word.void && '（已失效 void）'}</p>`
}

/** `3 / 1 / 0`: errors, warnings, infos; below them how many corrected input has cleared. */
export function countsText(findings: readonly FindingReport[]): Html {
  const counts = countBySeverity(findings)
  return html`<span class="stop">${counts.error}</span> / <span class="wait">${counts.warning}</span> / <span class="run">${counts.info}</span>${counts.cleared > 0 && html`<div class="en">已消除 cleared ${counts.cleared}</div>`}`
}
