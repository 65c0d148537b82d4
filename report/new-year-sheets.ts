/** Sheets of the new year: the difference of every table, and the trial day. */
import { CHECK_NAMES } from '../config/schemas/trial-day.ts'
import { DIFFERENCE_COLUMNS, differenceRow } from './differences.ts'
import type { YearReport } from './model.ts'
import { DISTRICT, type Sheet, each, money } from './sheet.ts'

export function differenceSheet(report: YearReport): Sheet {
  return {
    name: '新旧差异 New year', columns: [...DISTRICT, ...DIFFERENCE_COLUMNS],
    rows: each(report, ({ newYear }) => (newYear?.differences ?? [])
      .map((row) => differenceRow(row, (name) => newYear!.tables[name] ?? { zh: name, en: name }))),
  }
}

const RESULTS = { passed: '通过 passed', failed: '未通过 failed', 'not-tried': '未试 not tried' } as const

export function trialSheet(report: YearReport): Sheet {
  return {
    name: '试运行 Trial day',
    columns: [
      ...DISTRICT, ['单据 Class', 18], ['名称 Name', 22], ['日期 Day', 12], ['首号 Number', 20], ['单位 Unit', 12], ['指标 Indicator', 22],
      ['金额 Amount', 12], ['规则 Rule', 8], ['检查 Check', 14], ['结果 Result', 16], ['说明', 60], ['What', 60],
    ],
    rows: each(report, ({ newYear }) => (newYear?.trial ?? []).flatMap((one) => one.checks.map((check) => [one.class, newYear!.classes[one.class]?.zh ?? null, one.day, one.number, one.unit,
      one.indicator, money(one.amount), check.rule, CHECK_NAMES[check.check].zh, RESULTS[check.result], check.zh, check.en]))),
  }
}
