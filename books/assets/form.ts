/** The form of a correction workbook 更正表: its sheet and columns, the same for who writes it and who reads it back. */

export const CORRECTION_SHEET = '更正'
export const NOTES_SHEET = '填写说明'

/** Columns in order: title and width. Only `correction` and `explanation` are for the unit. */
export const FORM = {
  number: ['序号', 6],
  unit: ['单位', 12],
  unitName: ['单位名称', 20],
  assetNo: ['资产编号或年报指标', 24],
  cardNo: ['卡片编号', 22],
  name: ['资产名称', 20],
  rule: ['规则', 7],
  severity: ['程度', 7],
  problem: ['问题', 48],
  field: ['字段', 14],
  value: ['当前值', 16],
  suggestion: ['建议值', 16],
  correction: ['更正值', 18],
  explanation: ['说明', 32],
  code: ['识别码（请勿改动）', 30],
} as const satisfies Record<string, readonly [title: string, width: number]>

export type FormColumn = keyof typeof FORM
