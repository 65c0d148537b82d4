/** What was found and what was said to it: findings, decisions, and the health of the assets. */
import { STEP_NAMES } from '../domain/steps.ts'
import { ACTIONS, SEVERITIES, STATUSES } from './html/parts.ts'
import type { YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, moment, money } from './sheet.ts'

export function findingSheet(report: YearReport): Sheet {
  return {
    name: '发现 Findings',
    columns: [
      ...DISTRICT, ['步骤 Step', 18], ['规则 Rule', 14], ['对象 Key', 34], ['程度 Severity', 12], ['金额 Amount', 18], ['状态 Status', 14],
      ['问题', 60], ['Finding', 60], ['发现 Opened', 20], ['关闭 Closed', 20], ['关闭人 By', 14], ['编号 Id', 20],
    ],
    rows: each(report, (district) => district.findings.map((one) => [STEP_NAMES[one.step].zh, one.rule, one.key, SEVERITIES[one.severity].zh, money(one.amount),
      STATUSES[one.status].zh, one.message.zh, one.message.en, moment(one.openedAt), moment(one.closedAt), one.closedBy,
      one.id])),
  }
}

export function decisionSheet(report: YearReport): Sheet {
  return {
    name: '处理 Decisions',
    columns: [
      ...DISTRICT, ['规则 Rule', 14], ['对象 Key', 34], ['时间 At', 20], ['操作人 Actor', 16], ['处理 Action', 16], ['说明 Comment', 60],
      ['采纳 Accepted', 10], ['失效 Void', 10], ['拒绝原因 Refusal', 50],
    ],
    rows: each(report, (district) => district.findings.flatMap((one) => one.words.map((word) => [one.rule, one.key, moment(word.at), word.actor,
      `${ACTIONS[word.action].zh} ${ACTIONS[word.action].en}`, word.comment, word.accepted, word.void,
      word.refusal?.zh ?? null]))),
  }
}

export function healthSheet(report: YearReport): Sheet {
  return {
    name: '资产健康 Asset health',
    columns: [
      ...DISTRICT, ['次 Check', 8], ['轮 Round', 8], ['版本 Version', 10], ['单位 Unit', 16], ['名称 Name', 24], ['类 Family', 8],
      ['卡片 Cards', 10], ['无错误 Sound', 10], ['无错误和警告 Clean', 14], ['健康分 Score', 10], ['错误 E', 8], ['警告 W', 8], ['提示 I', 8],
    ],
    rows: each(report, ({ assetHealth }) => (assetHealth?.checks ?? []).flatMap(({ generation, round, inputVersion, all, families }, index) => [
      ...[['*', all] as const, ...Object.entries(families)].map(([family, point]) => ['', '', family, point] as const),
      ...assetHealth!.units.map(({ unit, name, points }) => [unit, name, '*', points[index]] as const),
    ].flatMap(([unit, name, family, point]) => (point ? [[
      generation, round, inputVersion, unit, name, family, point.cards, point.sound, point.clean, point.score, point.errors,
      point.warnings, point.infos,
    ]] : [])))),
  }
}
