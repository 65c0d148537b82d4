/** How far each district is: its state, steps, approvals, alarms, and the input that it rests on. */
import { STEP_NAMES } from '../domain/steps.ts'
import { stateText } from './html/parts.ts'
import { type YearReport, countBySeverity, spanOf } from './model.ts'
import { DISTRICT, type Sheet, each, moment } from './sheet.ts'

const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)

export function overviewSheet(report: YearReport): Sheet {
  return {
    name: '概览 Overview',
    columns: [
      ...DISTRICT, ['状态 State', 18], ['进度 %', 9], ['开始 Started', 20], ['结束 Ended', 20], ['错误 Errors', 10], ['警告 Warnings', 10],
      ['提示 Infos', 10], ['待处理 Open', 10], ['更正后消除 Cleared', 12], ['审计序号 Audit no.', 12], ['审计链末端 Audit head', 68],
      ['规则 Rules', 68],
    ],
    rows: each(report, (district) => {
      const counts = countBySeverity(district.findings)
      return [[stateText(district.state), district.percent, moment(district.startedAt), moment(district.endedAt), counts.error, counts.warning, counts.info,
        counts.open, counts.cleared, district.audit ? Number(district.audit.sequence) : null, district.audit?.hash ?? null,
        district.rulesDigest]]
    }),
  }
}

export function stepSheet(report: YearReport): Sheet {
  return {
    name: '步骤 Steps',
    columns: [
      ...DISTRICT, ['步骤 Step', 18], ['状态 State', 18], ['次数 Runs', 8], ['开始 Started', 20], ['结束 Ended', 20], ['秒 Seconds', 10],
      ['错误 E', 8], ['警告 W', 8], ['提示 I', 8], ['待处理 Open', 8], ['等待 Waits on', 14], ['期限 Deadline', 20], ['升级 Level', 8],
      ['依据 Evidence', 68],
    ],
    rows: each(report, (district) => [...district.steps.map((step) => [STEP_NAMES[step.step].zh, stateText(step.state), step.generation, moment(step.startedAt),
      moment(step.endedAt), seconds(spanOf(step)), step.findings.error, step.findings.warning, step.findings.info,
      step.findings.open, step.waitingOn,
      moment(step.deadline), step.escalationLevel, step.evidenceDigest]),
    // What waits beside the steps: an undo that was asked for.
    ...(district.undo ? [['撤销年终结转 Undo', '待批 asked', null, moment(district.undo.waitingSince), null, null, null, null, null, null, district.undo.waitingOn,
      moment(district.undo.deadline), district.undo.escalationLevel, null]] : [])]),
  }
}

export function approvalSheet(report: YearReport): Sheet {
  return {
    name: '审批 Approvals',
    columns: [
      ...DISTRICT, ['步骤 Step', 18], ['决定 Decision', 16], ['操作人 Actor', 16], ['时间 At', 20], ['所见依据 Evidence seen', 68],
      ['说明 Comment', 50], ['采纳 Accepted', 10], ['拒绝原因 Refusal', 50], ['失效 Void at', 20], ['失效原因 Why', 40],
    ],
    rows: each(report, (district) => district.approvals.map((one) => [one.step && STEP_NAMES[one.step].zh, one.kind, one.actor, moment(one.at), one.evidenceDigest, one.comment,
      one.accepted, one.refusal?.zh ?? null, moment(one.voidAt), one.voidReason])),
  }
}

export function alarmSheet(report: YearReport): Sheet {
  return {
    name: '升级 Alarms',
    columns: [
      ...DISTRICT, ['步骤 Step', 18], ['种类 Kind', 12], ['级别 Level', 8], ['到期 Due', 20], ['内容 Message', 60], ['渠道 Channel', 12],
      ['地址 Target', 30], ['次 Attempt', 8], ['结果 State', 10], ['时间 At', 20],
    ],
    rows: each(report, (district) => district.alarms.flatMap((one) => (one.deliveries.length === 0 ? [null] : one.deliveries).map((sent) =>
      [
        STEP_NAMES[one.step].zh, one.kind, one.level, moment(one.dueAt), one.message.zh, sent?.channel ?? null,
        sent?.target ?? null, sent?.attempt ?? null, sent?.state ?? null, moment(sent?.at ?? null),
      ]))),
  }
}

export function inputSheet(report: YearReport): Sheet {
  return {
    name: '输入 Input',
    columns: [
      ...DISTRICT, ['版本 Version', 10], ['导入 Imported', 20], ['操作人 By', 16], ['文件 File', 16], ['行数 Rows', 10], ['SHA-256', 68],
    ],
    rows: each(report, (district) => (district.input?.files ?? []).map((file) =>
      [
        district.input!.version, moment(district.input!.importedAt), district.input!.importedBy, file.file, file.rows,
        file.sha256,
      ])),
  }
}
