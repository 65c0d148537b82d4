/** The new year: what it took over, how every table differs from the old year, and its trial day. */
import type { SetupDifference } from '../../books/steps/initialise/differences.ts'
import type { StoredTrial } from '../../books/steps/initialise/trial/store.ts'
import { CHECK_NAMES, CHECK_ORDER, TRIAL_CHECKS } from '../../config/schemas/trial-day.ts'
import type { DistrictReport, Text } from '../model.ts'
import type { NewYearReport } from '../new-year.ts'
import { type Html, html } from './escape.ts'
import { digest, heading, table, yuan } from './parts.ts'

const CHANGES: Record<SetupDifference['change'], Text & { tone: string }> = {
  added: { zh: '新增', en: 'added', tone: 'ok' }, dropped: { zh: '停用', en: 'dropped', tone: 'stop' },
  renamed: { zh: '更名', en: 'renamed', tone: 'wait' },
  changed: { zh: '变更', en: 'changed', tone: 'wait' }, same: { zh: '不变', en: 'same', tone: 'idle' },
}
const TREATMENTS: Record<string, string> = {
  copy: '沿用', 'new-version-with-mapping': '新版对照', reset: '重置', create: '新建', 're-authorise': '重新授权', verify: '核验',
}
const STATUSES = { 'not-started': '未开始', 'under-way': '进行中', done: '完成', reviewed: '已复核' } as const
const OPENINGS = {
  missing: ['无', 'missing'], provisional: ['暂估：旧年度尚未签署归档', 'provisional: the old year is not signed off yet'],
  final: ['正式：旧年度已签署归档', 'final: the old year is signed off'],
} as const
/** Rows of one table that the page shows; the workbook and the JSON have them all. */
const ROWS_MAX = 60

/** The section of a district; without a new year, a sentence that says so. */
export function newYearSection({ newYear }: DistrictReport): Html {
  if (!newYear) return html`<section>${heading('新年度初始化', 'The new year')}<p class="none">尚未初始化 not initialised yet</p></section>`
  const [zh, en] = OPENINGS[newYear.openings]
  return html`<section>${heading(`${newYear.year} 年度初始化`, 'The new year')}<p>期初余额 Openings: <span class="${newYear.openings === 'final' ? 'ok' : 'wait'}">${zh}</span> <span class="en">${en}</span>
${newYear.imported && html` · 已导入 imported ${newYear.imported.balances}，不一致 differing ${newYear.imported.differing}`} · 差异摘要 digest ${digest(newYear.digest)}</p>
${itemTable(newYear)}${details(newYear)}${differences(newYear)}${trialDay(newYear)}</section>`
}

function itemTable({ items }: NewYearReport): Html {
  const count = (number: number) => html`<td class="n">${number === 0 ? '·' : number}</td>`
  return table([{ zh: '项目', en: 'Item' }, { zh: '处理', en: 'Treatment' }, { zh: '启用', en: 'In force', number: true }, { zh: '新增', en: 'Added', number: true }, { zh: '停用', en: 'Dropped', number: true },
    { zh: '更名', en: 'Renamed', number: true }, { zh: '变更', en: 'Changed', number: true }, { zh: '状态', en: 'Status' },
    { zh: '责任岗位', en: 'Owner' }],
  items.map((one) => html`<tr><td>${one.name.zh} <span class="en">${one.name.en}</span></td><td>${TREATMENTS[one.treatment]} <span class="en">${one.treatment}</span></td><td class="n">${one.live}</td>
${count(one.added)}${count(one.dropped)}${count(one.renamed)}${count(one.changed)}<td>${one.status && STATUSES[one.status]}</td><td>${one.owner && html`${one.owner.zh} <span class="en">${one.owner.en}</span>`}</td></tr>`))}

const VALIDITIES = { valid: ['ok', '有效'], ends: ['wait', '新年度内到期'], expired: ['stop', '已到期'], unknown: ['idle', '无期限'] } as const

function details({ details: { validity, numbers } }: NewYearReport): Html {
  return html`<div class="charts">${validity.length > 0 && html`<div><h3>印章与证书<small>Seals and certificates</small></h3>${table([{ zh: '名称', en: 'Name' }, { zh: '有效期至', en: 'Valid to' }, { zh: '状态', en: 'State' }],
    validity.map((one) => html`<tr><td>${one.name} <span class="en">${one.table} ${one.code}</span></td><td class="t">${one.until}</td><td><span class="${VALIDITIES[one.state][0]}">${VALIDITIES[one.state][1]}</span></td></tr>`))}</div>`}
${numbers.length > 0 && html`<div><h3>单号规则<small>Number rules, sequence from 1</small></h3>${table([{ zh: '规则', en: 'Rule' }, { zh: '格式', en: 'Pattern' }, { zh: '首号', en: 'First number' }],
    numbers.map((one) => html`<tr><td>${one.name} <span class="en">${one.code}</span></td><td class="k">${one.pattern}</td><td class="k">${one.first ?? html`<span class="stop">✗</span>`}${one.shared && html` <span class="stop">同号 shared</span>`}</td></tr>`))}</div>`}</div>`
}

function differences(year: NewYearReport): Html {
  if (year.differences.length === 0) return html`<h3>新旧差异<small>Differences</small></h3><p class="none">无 none</p>`
  return html`<h3>新旧差异<small>Old year to new year</small></h3>${[...Map.groupBy(year.differences, (row) => row.table)].map(([name, rows]) => html`<details><summary>${year.tables[name]?.zh ?? name}
<span class="en">${name}</span> ${summary(rows)}</summary>${differenceTable(rows)}</details>`)}`
}

const summary = (rows: readonly SetupDifference[]): string => (Object.keys(CHANGES) as SetupDifference['change'][]).flatMap((change) => {
  const count = rows.filter((row) => row.change === change).length
  return count > 0 ? [`${CHANGES[change].zh} ${count}`] : []
}).join(' · ')

function differenceTable(rows: readonly SetupDifference[]): Html {
  const field = (row: SetupDifference, name: 'name' | 'parent' | 'value') => {
    const [old, now] = [row.old?.[name] ?? '', row.now?.[name] ?? '']
    return row.old && row.now && old !== now
      ? html`<td><span class="en">${old || '—'} →</span> ${now || '—'}</td>`
      : html`<td>${now || old}</td>`
  }
  return html`${table([{ zh: '差异', en: 'Change' }, { zh: '旧代码', en: 'Old' }, { zh: '新代码', en: 'New' }, { zh: '名称', en: 'Name' }, { zh: '上级', en: 'Parent' }, { zh: '取值', en: 'Value' }],
    rows.slice(0, ROWS_MAX).map((row) => html`<tr><td><span class="${CHANGES[row.change].tone}">${CHANGES[row.change].zh}</span> <span class="en">${CHANGES[row.change].en}</span></td>
<td class="k">${row.sources.join('; ') || (row.old ? row.code : '')}</td><td class="k">${row.now ? row.code : ''}</td>${field(row, 'name')}${field(row, 'parent')}${field(row, 'value')}</tr>`))}
${rows.length > ROWS_MAX && html`<p class="none">另有 ${rows.length - ROWS_MAX} 行，见工作簿。${rows.length - ROWS_MAX} more in the workbook.</p>`}`
}

const MARKS: Record<StoredTrial['result'], Html> = {
  passed: html`<span class="ok">✓</span>`, failed: html`<span class="stop">✗</span>`,
  'not-tried': html`<span class="idle">–</span>`,
}

/** A row for each test document, a column for each check; the words of what did not pass beneath. */
function trialDay({ trial, classes }: NewYearReport): Html {
  const tried = trial.filter((one) => one.number !== null || one.checks.length > 1)
  const rest = trial.filter((one) => !tried.includes(one)).map((one) => one.class)
  const said = Map.groupBy(
    tried.flatMap((one) => one.checks.filter((check) => check.result !== 'passed')
      .map((check) => ({ ...check, class: one.class }))),
    (one) => `${one.result} ${one.rule} ${one.zh}`,
  )
  return html`<h3>试运行<small>Trial day ${trial[0]?.day}: one test document of each class, rolled back</small></h3>${table([{ zh: '单据', en: 'Class' }, { zh: '首号', en: 'First number' },
    { zh: '单位', en: 'Unit' }, { zh: '指标', en: 'Indicator' }, { zh: '金额', en: 'Amount', number: true }, ...CHECK_ORDER.map((check) => ({ zh: CHECK_NAMES[check].zh, en: TRIAL_CHECKS[check] }))],
  tried.map((one) => html`<tr><td>${classes[one.class]?.zh} <span class="en">${one.class}</span></td><td class="k">${one.number}</td><td class="k">${one.unit}</td><td class="k">${one.indicator}</td><td class="n">${yuan(one.amount)}</td>
${CHECK_ORDER.map((check) => { const own = one.checks.find((other) => other.check === check); return html`<td title="${own?.zh}">${own && MARKS[own.result]}</td>` })}</tr>`))}
${[...said.values()].map((own) => html`<p class="said">${MARKS[own[0]!.result]} ${own[0]!.rule} ${own[0]!.zh} <span class="en">${own[0]!.en}</span> (${own.map((one) => one.class).join(' ')})</p>`)}
${rest.length > 0 && html`<p class="none">未试（没有单号规则） not tried (no number rule): ${rest.join(' ')}</p>`}`
}
