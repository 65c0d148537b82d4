/** One district's page: the runbook as it went. */
import { durationText } from '../../domain/durations.ts'
import { STEP_NAMES, type Step } from '../../domain/steps.ts'
import { type DistrictReport, type YearReport, spanOf } from '../model.ts'
import { findingsChart, timelineChart } from './charts.ts'
import { type Html, html } from './escape.ts'
import { assetHealthSection } from './asset-health.ts'
import { carryForwardSection } from './carry-forward.ts'
import { confirmationsSection, monthlySection } from './confirmed.ts'
import { balancesSection, differencesSection } from './differences.ts'
import { figures } from './figures.ts'
import { findingsSection } from './findings.ts'
import { newYearSection } from './new-year.ts'
import { problemsSection } from './problems.ts'
import { page } from './page.ts'
import { reconciledFigures } from './reconciled.ts'
import { timeSection } from './time.ts'
import { digest, heading, stateMark, table, timeText } from './parts.ts'

/** The page of a district. */
export function districtPage(report: YearReport, district: DistrictReport): string {
  const open = district.findings.filter((one) => one.status === 'open').length
  return page(report, {
    zh: district.name.zh, en: `${district.name.en} (${district.code})`, state: district.state,
    facts: [
      ['进度', 'Progress', `${district.percent}%`], ['发现', 'Findings', String(district.findings.length)],
      ['待处理', 'Open', String(open)],
      ['开始', 'Started', timeText(district.startedAt)], ['结束', 'Ended', timeText(district.endedAt)],
      ...(district.kind === 'rehearsal' ? [['方式', 'Kind', '演练 rehearsal'] as const] : []),
    ],
  }, [
    stepsSection(district), chartsSection(district), timeSection(report, district), approvalsSection(district),
    carryForwardSection(district),
    newYearSection(district), figuresSection(district),
    differencesSection(district), balancesSection(district), confirmationsSection(district), monthlySection(district),
    assetHealthSection(district), findingsSection(district.findings), problemsSection(district), alarmsSection(district),
    sourcesSection(district),
  ])
}

function stepsSection(district: DistrictReport): Html {
  return html`<section>${heading('步骤', 'Steps')}${table([
    { zh: '步骤', en: 'Step' }, { zh: '状态', en: 'State' }, { zh: '次数', en: 'runs', number: true }, { zh: '开始', en: 'Started' }, { zh: '结束', en: 'Ended' },
    { zh: '历时', en: 'Time', number: true }, { zh: '错误/警告/提示', en: 'E/W/I', number: true }, { zh: '等待', en: 'Waits on' }, { zh: '依据', en: 'Evidence' },
  ], district.steps.map((step) => html`<tr><td><b>${STEP_NAMES[step.step].zh}</b><div class="en">${STEP_NAMES[step.step].en}</div></td>
<td>${stateMark(step.state)}${step.failure && html`<p class="said">${step.failure.zh}<br>${step.failure.en}</p>`}</td><td class="n">${step.generation}</td>
<td class="t">${timeText(step.startedAt)}</td><td class="t">${timeText(step.endedAt)}</td><td class="n">${durationText(spanOf(step), 'zh')}</td>
<td class="n">${step.findings.error} / ${step.findings.warning} / ${step.findings.info}</td>
<td>${step.waitingOn}${step.deadline && html`<div class="en">至 until ${timeText(step.deadline)}</div>`}</td><td>${digest(step.evidenceDigest)}</td></tr>`))}${undoNote(district)}</section>`
}

function undoNote({ undo }: DistrictReport): Html | null {
  if (!undo) return null
  const { askedBy, comment, approvedBy, waitingOn, waitingSince, deadline, escalationLevel } = undo
  return html`<p class="said"><b>撤销年终结转的申请待批 An undo of the carry-forward awaits a decision</b>：${askedBy} ${timeText(waitingSince)} ${comment}；
${approvedBy.length > 0 && html`已同意 agreed：${approvedBy.join('、')}；`}等待 waits on ${waitingOn}，至 until ${timeText(deadline)}，升级 level ${escalationLevel}</p>`
}

function chartsSection(district: DistrictReport): Html {
  const timeline = timelineChart(district)
  return html`<section>${heading('时间与发现', 'Times and findings')}${timeline && html`<figure>${timeline}<figcaption>各步骤历时 When each step ran</figcaption></figure>`}
<div class="charts"><figure>${findingsChart(district.findings)}<figcaption>各步骤发现 Findings by step</figcaption></figure>${historyTable(district)}</div></section>`
}

function historyTable(district: DistrictReport): Html {
  const events = district.steps.flatMap((step) => step.history.map((one) => ({ ...one, step: step.step })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const shown = events.slice(-12)
  return html`<div>${table([{ zh: '时间', en: 'At' }, { zh: '步骤', en: 'Step' }, { zh: '状态', en: 'State' }],
    shown.map((one) => html`<tr><td class="t">${timeText(one.at)}</td><td>${STEP_NAMES[one.step].zh}</td><td>${stateMark(one.state)}</td></tr>`))}
${events.length > shown.length && html`<p class="none">共 ${events.length} 次变化，此处为最近 ${shown.length} 次 the latest ${shown.length} of ${events.length} changes</p>`}</div>`
}

const WORDS: Record<string, string> = {
  approve: '批准 approved', reject: '退回 rejected', undo: '申请反结账 asked to undo', 'approve-undo': '批准反结账 approved the undo',
  'reject-undo': '退回反结账 rejected the undo', confirm: '确认对账 confirmed', control: '控制 control',
}

function approvalsSection(district: DistrictReport): Html {
  return html`<section>${heading('审批', 'Approvals: who, when, having seen what')}${table([
    { zh: '时间', en: 'At' }, { zh: '步骤', en: 'Step' }, { zh: '决定', en: 'Decision' }, { zh: '操作人', en: 'Actor' }, { zh: '所见依据', en: 'Evidence seen' }, { zh: '说明', en: 'Comment' },
  ], district.approvals.map((one) => html`<tr class="${one.voidAt && 'void'}"><td class="t">${timeText(one.at)}</td><td>${one.step && STEP_NAMES[one.step].zh}</td>
<td><span class="${one.voidAt && 'struck'}">${WORDS[one.kind] ?? one.kind}</span>${one.accepted === false && html`<div class="stop">被拒绝 refused</div>`}</td><td><b>${one.actor}</b></td>
<td>${digest(one.evidenceDigest)}</td><td>${one.comment}${one.refusal && html`<p class="said">${one.refusal.zh}<br>${one.refusal.en}</p>`}
${one.voidAt && html`<p class="said">${timeText(one.voidAt)} 已失效 void：${one.voidReason}</p>`}</td></tr>`))}</section>`
}

/** Steps whose figures have a section of their own, or repeat those of the others. */
const OWN_SECTIONS: readonly Step[] = ['carry-forward', 'initialise', 'sign-off']

function figuresSection(district: DistrictReport): Html {
  const steps = district.steps.filter((step) => !OWN_SECTIONS.includes(step.step))
  return html`<section>${heading('各步骤结果', 'Figures of the steps')}${steps.map((step) => {
    const result = step.results.filter((one) => one.voidAt === null).at(-1)
    return html`<h3>${STEP_NAMES[step.step].zh}<small>${STEP_NAMES[step.step].en}</small></h3>${result ? (step.step === 'reconcile' ? reconciledFigures(result.figures) : null) ?? figures(result.figures) : html`<p class="none">无 none</p>`}`
  })}</section>`
}

function alarmsSection(district: DistrictReport): Html {
  return html`<section>${heading('提醒、升级与送达', 'Reminders, escalations and their delivery')}${table([
    { zh: '到期', en: 'Due' }, { zh: '步骤', en: 'Step' }, { zh: '级别', en: 'Level', number: true }, { zh: '内容', en: 'Message' }, { zh: '送达', en: 'Delivered' },
  ], district.alarms.map((one) => html`<tr><td class="t">${timeText(one.dueAt)}</td><td>${STEP_NAMES[one.step].zh}</td><td class="n">${one.level}</td>
<td>${one.message.zh}<div class="en">${one.message.en}</div></td>
<td>${one.deliveries.map((sent) => html`<div>${sent.channel} ${sent.target} ${sent.state} <span class="en">${timeText(sent.at)}</span></div>`)}</td></tr>`))}</section>`
}

function sourcesSection(district: DistrictReport): Html {
  const { input } = district
  return html`<section>${heading('数据来源与审计链', 'Input and audit chain')}
${input ? html`<p>第 ${input.version} 版，${timeText(input.importedAt)} 导入 imported by ${input.importedBy ?? '—'}，摘要 digest ${digest(input.digest)}</p>` : html`<p class="none">无 none</p>`}
${table([{ zh: '文件', en: 'File' }, { zh: '行数', en: 'rows', number: true }, { zh: 'SHA-256', en: '' }],
    (input?.files ?? []).map((file) => html`<tr><td class="k">${file.file}</td><td class="n">${file.rows}</td><td><code>${file.sha256}</code></td></tr>`))}
<p>规则摘要 Rules ${district.rulesDigest && html`<code>${district.rulesDigest}</code>`}</p>
<p>审计链末端 Audit chain head ${district.audit ? html`#${district.audit.sequence} <code>${district.audit.hash}</code>` : '—'}</p></section>`
}
