/** The report as a workbook with typed cells: times are times, amounts are numbers. */
import writeXlsx, { type SheetData } from 'write-excel-file/node'
import { parseYuan } from '../domain/money.ts'
import { STEP_NAMES } from '../domain/steps.ts'
import { withFixedTime } from './fixed-time.ts'
import { confirmationSheet, monthlySheet } from './confirmed-sheets.ts'
import { visible } from './html/escape.ts'
import { DIFFERENCE_STATES } from './html/differences.ts'
import { flatten } from './html/figures.ts'
import { ACTIONS, SEVERITIES, STATUSES, stateText } from './html/parts.ts'
import { differenceSheet, trialSheet } from './new-year-sheets.ts'
import { type DistrictReport, type YearReport, countBySeverity, spanOf } from './model.ts'
import { problemEventSheet, problemSheet } from './problem-sheets.ts'

type Value = string | number | boolean | null | Money | Moment
/** Yuan text that becomes a number. */
class Money {
  readonly text: string
  constructor(text: string) { this.text = text }
}
/** ISO time that becomes a date in China Standard Time. */
class Moment {
  readonly iso: string
  constructor(iso: string) { this.iso = iso }
}
const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)
export const money = (text: string | null) => (text === null ? null : new Money(text))
export const moment = (iso: string | null) => (iso === null ? null : new Moment(iso))

/** A sheet before it is written. */
export interface Sheet { name: string; columns: readonly (readonly [title: string, width: number])[]; rows: readonly (readonly Value[])[] }

/** The workbook of a year or, with one district in the report, of that district. */
export async function workbook(report: YearReport): Promise<Buffer> {
  const sheets = [overview, steps, findings, differences, balances, confirmationSheet, monthlySheet, mirrors, health, decisions, approvals, openings, carryForwards, differenceSheet, trialSheet, problemSheet, problemEventSheet, alarms, input].map((sheet) => sheet(report))
  return bytesOf(sheets)
}

/** Sheets as a workbook; the same sheets give the same bytes. */
export async function bytesOf(sheets: readonly Sheet[]): Promise<Buffer> {
  const bytes = await writeXlsx(sheets.map((sheet) => ({
    sheet: sheet.name, data: dataOf(sheet), columns: sheet.columns.map(([, width]) => ({ width })), stickyRowsCount: 1,
  }))).toBuffer()
  return withFixedTime(bytes)
}

function dataOf(sheet: Sheet): SheetData {
  const head = sheet.columns.map(([title]) => ({ value: title, type: String, fontWeight: 'bold' as const, backgroundColor: '#E6EEF4' }))
  return [head, ...sheet.rows.map((row) => row.map(cellOf))]
}

/** Excel keeps 15 digits and 32,767 characters: what would not fit as a number stays text. */
const EXACT_FEN_MAX = 99_999_999_999_999n
const TEXT_MAX = 32_000
const EIGHT_HOURS = 8 * 3_600_000

function cellOf(value: Value) {
  if (value === null || value === '') return null
  if (typeof value === 'number') return { value, type: Number }
  if (typeof value === 'boolean') return { value: value ? '是 yes' : '否 no', type: String }
  if (value instanceof Moment) return { value: new Date(Date.parse(value.iso) + EIGHT_HOURS), type: Date, format: 'yyyy-mm-dd hh:mm:ss' }
  if (value instanceof Money) return amountCell(value.text)
  return textCell(value)
}

/** Yuan text as a number with two decimals; as text where Excel would lose a fen. */
export function amountCell(yuan: string) {
  const fen = parseYuan(yuan)
  const exact = fen <= EXACT_FEN_MAX && fen >= -EXACT_FEN_MAX
  return exact ? { value: Number(yuan), type: Number, format: '#,##0.00' } : { value: yuan, type: String }
}

/** Text from data: nothing hidden in it, and no more than a cell holds. */
export const textCell = (text: string) => ({ value: visible(text).slice(0, TEXT_MAX), type: String })

/** Rows of every district, each after its code and name. */
export const each = (report: YearReport, rows: (district: DistrictReport) => readonly (readonly Value[])[]): (readonly Value[])[] =>
  report.districts.flatMap((district) => rows(district).map((row) => [district.code, district.name.zh, ...row]))
export const DISTRICT = [['区划 Code', 10], ['名称 District', 18]] as const

function overview(report: YearReport): Sheet {
  return {
    name: '概览 Overview',
    columns: [...DISTRICT, ['状态 State', 18], ['进度 %', 9], ['开始 Started', 20], ['结束 Ended', 20], ['错误 Errors', 10], ['警告 Warnings', 10], ['提示 Infos', 10],
      ['待处理 Open', 10], ['更正后消除 Cleared', 12], ['审计序号 Audit no.', 12], ['审计链末端 Audit head', 68], ['规则 Rules', 68]],
    rows: each(report, (district) => {
      const counts = countBySeverity(district.findings)
      return [[stateText(district.state), district.percent, moment(district.startedAt), moment(district.endedAt), counts.error, counts.warning, counts.info,
        counts.open, counts.cleared, district.audit ? Number(district.audit.sequence) : null, district.audit?.hash ?? null, district.rulesDigest]]
    }),
  }
}

function steps(report: YearReport): Sheet {
  return {
    name: '步骤 Steps',
    columns: [...DISTRICT, ['步骤 Step', 18], ['状态 State', 18], ['次数 Runs', 8], ['开始 Started', 20], ['结束 Ended', 20], ['秒 Seconds', 10], ['错误 E', 8], ['警告 W', 8],
      ['提示 I', 8], ['待处理 Open', 8], ['等待 Waits on', 14], ['期限 Deadline', 20], ['升级 Level', 8], ['依据 Evidence', 68]],
    rows: each(report, (district) => [...district.steps.map((step) => [STEP_NAMES[step.step].zh, stateText(step.state), step.generation, moment(step.startedAt),
      moment(step.endedAt), seconds(spanOf(step)), step.findings.error, step.findings.warning, step.findings.info, step.findings.open, step.waitingOn,
      moment(step.deadline), step.escalationLevel, step.evidenceDigest]),
    // What waits beside the steps: an undo that was asked for.
    ...(district.undo ? [['撤销年终结转 Undo', '待批 asked', null, moment(district.undo.waitingSince), null, null, null, null, null, null, district.undo.waitingOn,
      moment(district.undo.deadline), district.undo.escalationLevel, null]] : [])]),
  }
}

function findings(report: YearReport): Sheet {
  return {
    name: '发现 Findings',
    columns: [...DISTRICT, ['步骤 Step', 18], ['规则 Rule', 14], ['对象 Key', 34], ['程度 Severity', 12], ['金额 Amount', 18], ['状态 Status', 14], ['问题', 60], ['Finding', 60],
      ['发现 Opened', 20], ['关闭 Closed', 20], ['关闭人 By', 14], ['编号 Id', 20]],
    rows: each(report, (district) => district.findings.map((one) => [STEP_NAMES[one.step].zh, one.rule, one.key, SEVERITIES[one.severity].zh, money(one.amount),
      STATUSES[one.status].zh, one.message.zh, one.message.en, moment(one.openedAt), moment(one.closedAt), one.closedBy, one.id])),
  }
}

function differences(report: YearReport): Sheet {
  return {
    name: '差异 Differences',
    columns: [...DISTRICT, ['对账 Rule', 8], ['对象 Key', 34], ['甲方 A', 18], ['乙方 B', 18], ['差额 A-B', 18], ['天数 Days', 8], ['最早 Since', 12], ['首次发现 First seen', 20],
      ['原因 Kind', 24], ['负责人 Owner', 14], ['状态 State', 18], ['说明 Explanation', 50], ['说明人 By', 14], ['佐证材料 Evidence', 30], ['SHA-256', 68], ['多方核对 Where it stands', 60], ['不一致 Odd one out', 24], ['编号 Id', 20]],
    rows: each(report, (district) => district.differences.map((one) => [one.rule, one.key, money(one.a), money(one.b), money(one.difference), one.ageDays, one.since, moment(one.firstSeenAt),
      one.kind && `${one.kind.zh}${one.suggested ? '？' : ''}`, one.owner, `${DIFFERENCE_STATES[one.state].zh} ${DIFFERENCE_STATES[one.state].en}`, one.explanation?.comment ?? null,
      one.explanation?.actor ?? null, one.explanation?.evidence?.name ?? null, one.explanation?.evidence?.sha256 ?? null,
      one.places.map((place) => `${place.name?.zh ?? place.place} ${place.amount}`).join('；'), one.odd.places.join('；'), one.id])),
  }
}

/** One row for each side's balance, each item in transit and each adjusted balance. */
function balances(report: YearReport): Sheet {
  return {
    name: '余额调节 Balances',
    columns: [...DISTRICT, ['对账 Rule', 8], ['对方 Party', 20], ['一方 Side', 24], ['项目 Item', 24], ['对象 Key', 34], ['金额 Amount', 20], ['说明 Explanation', 50], ['相符 Ties', 10]],
    rows: each(report, (district) => district.balances.flatMap((one) => [one.a, one.b].flatMap((side) => [
      [one.reconciliation, one.party, side.name.zh, '余额 balance', null, money(side.balance), null, null],
      ...side.items.map((item) => [one.reconciliation, one.party, side.name.zh, '未达账项 in transit', item.key, money(item.amount), item.explanation, null]),
      [one.reconciliation, one.party, side.name.zh, '调节后余额 adjusted', null, money(side.adjusted), null, one.ties],
    ]))),
  }
}

function mirrors(report: YearReport): Sheet {
  return {
    name: '上下级 Levels',
    columns: [['区划 Code', 10], ['对账 Rule', 8], ['进展 Standing', 16], ['资金 Fund', 24], ['盟本级 League', 20], ['旗县 District', 20], ['差额 Difference', 20], ['相符 Mirrors', 10], ['自 Since', 20]],
    rows: report.mirrors.flatMap((mirror) => mirror.rows.map((row) => [mirror.district, mirror.reconciliation, mirror.standing, row.key, money(row.league), money(row.district),
      money(row.difference), row.mirrors, moment(mirror.since)])),
  }
}

function health(report: YearReport): Sheet {
  return {
    name: '资产健康 Asset health',
    columns: [...DISTRICT, ['次 Check', 8], ['轮 Round', 8], ['版本 Version', 10], ['单位 Unit', 16], ['名称 Name', 24], ['类 Family', 8], ['卡片 Cards', 10], ['无错误 Sound', 10],
      ['无错误和警告 Clean', 14], ['健康分 Score', 10], ['错误 E', 8], ['警告 W', 8], ['提示 I', 8]],
    rows: each(report, ({ assetHealth }) => (assetHealth?.checks ?? []).flatMap(({ generation, round, inputVersion, all, families }, index) => [
      ...[['*', all] as const, ...Object.entries(families)].map(([family, point]) => ['', '', family, point] as const),
      ...assetHealth!.units.map(({ unit, name, points }) => [unit, name, '*', points[index]] as const),
    ].flatMap(([unit, name, family, point]) => (point ? [[generation, round, inputVersion, unit, name, family, point.cards, point.sound, point.clean, point.score, point.errors, point.warnings, point.infos]] : [])))),
  }
}

function decisions(report: YearReport): Sheet {
  return {
    name: '处理 Decisions',
    columns: [...DISTRICT, ['规则 Rule', 14], ['对象 Key', 34], ['时间 At', 20], ['操作人 Actor', 16], ['处理 Action', 16], ['说明 Comment', 60], ['采纳 Accepted', 10], ['失效 Void', 10], ['拒绝原因 Refusal', 50]],
    rows: each(report, (district) => district.findings.flatMap((one) => one.words.map((word) => [one.rule, one.key, moment(word.at), word.actor,
      `${ACTIONS[word.action].zh} ${ACTIONS[word.action].en}`, word.comment, word.accepted, word.void, word.refusal?.zh ?? null]))),
  }
}

function approvals(report: YearReport): Sheet {
  return {
    name: '审批 Approvals',
    columns: [...DISTRICT, ['步骤 Step', 18], ['决定 Decision', 16], ['操作人 Actor', 16], ['时间 At', 20], ['所见依据 Evidence seen', 68], ['说明 Comment', 50], ['采纳 Accepted', 10],
      ['拒绝原因 Refusal', 50], ['失效 Void at', 20], ['失效原因 Why', 40]],
    rows: each(report, (district) => district.approvals.map((one) => [one.step && STEP_NAMES[one.step].zh, one.kind, one.actor, moment(one.at), one.evidenceDigest, one.comment,
      one.accepted, one.refusal?.zh ?? null, moment(one.voidAt), one.voidReason])),
  }
}

function openings(report: YearReport): Sheet {
  return {
    name: '期初 Openings',
    columns: [...DISTRICT, ['代 Generation', 10], ['状态 State', 12], ['账套 Book', 16], ['笔数 Balances', 10], ['借方 Debit', 20], ['贷方 Credit', 20]],
    rows: each(report, (district) => district.carryForwards.flatMap((carry) =>
      carry.books.map((book) => [carry.generation, carry.state, book.book, book.balances, money(book.debit), money(book.credit)]))),
  }
}

function carryForwards(report: YearReport): Sheet {
  return {
    name: '结转证明 Proof',
    columns: [...DISTRICT, ['代 Generation', 10], ['状态 State', 12], ['记账 Live', 20], ['方案 Plan', 68], ['类别 Part', 12], ['项目 Figure', 50], ['数值 Value', 24]],
    rows: each(report, (district) => district.carryForwards.flatMap((carry) => [['证明 proof', carry.proof], ['合计 totals', carry.totals]] .flatMap(([part, figures]) =>
      flatten(figures as never).map(([name, value]) => [carry.generation, carry.state, moment(carry.liveAt), carry.planDigest, part as string, name, value])))),
  }
}

function alarms(report: YearReport): Sheet {
  return {
    name: '升级 Alarms',
    columns: [...DISTRICT, ['步骤 Step', 18], ['种类 Kind', 12], ['级别 Level', 8], ['到期 Due', 20], ['内容 Message', 60], ['渠道 Channel', 12], ['地址 Target', 30], ['次 Attempt', 8], ['结果 State', 10], ['时间 At', 20]],
    rows: each(report, (district) => district.alarms.flatMap((one) => (one.deliveries.length === 0 ? [null] : one.deliveries).map((sent) =>
      [STEP_NAMES[one.step].zh, one.kind, one.level, moment(one.dueAt), one.message.zh, sent?.channel ?? null, sent?.target ?? null, sent?.attempt ?? null, sent?.state ?? null, moment(sent?.at ?? null)]))),
  }
}

function input(report: YearReport): Sheet {
  return {
    name: '输入 Input',
    columns: [...DISTRICT, ['版本 Version', 10], ['导入 Imported', 20], ['操作人 By', 16], ['文件 File', 16], ['行数 Rows', 10], ['SHA-256', 68]],
    rows: each(report, (district) => (district.input?.files ?? []).map((file) =>
      [district.input!.version, moment(district.input!.importedAt), district.input!.importedBy, file.file, file.rows, file.sha256])),
  }
}
