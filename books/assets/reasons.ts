/** Every reason for which a row of a correction workbook is refused: a closed set, in both languages. */
import { REASONS as IMPORT_REASONS, type ReasonCode as ImportReason } from '../import/reasons.ts'

const OWN = {
  'no-code': { zh: '识别码为空：请用发出的更正表填写', en: 'the row has no code: fill in the workbook that was sent out' },
  'bad-code': { zh: '识别码被改动，无法对回卡片', en: 'the code was changed: the row belongs to no card' },
  'no-column': { zh: '缺少这一列', en: 'this column is missing' },
  'other-year': { zh: '没有这个区划和年度的导入数据', en: 'there is no input of this district and year' },
  'changed-elsewhere': {
    zh: '「当前值」被改动：更正请填在「更正值」一列', en: 'the current value was changed: write the correction into its own column',
  },
  'card-changed': {
    zh: '发出更正表之后，该卡片或该字段已有变化：请重新生成更正表', en: 'the card or the field has changed since the workbook was made: make a new one',
  },
  'card-gone': { zh: '现在的数据中已没有这张卡片：请重新生成更正表', en: 'the card is not in the input any more: make a new workbook' },
  'not-a-card': {
    zh: '年报指标不在此更正：请更正年报后重新导入，或只填说明', en: 'a figure of the report is not corrected here: import the corrected report, or explain',
  },
  'corrections-differ': { zh: '同一卡片同一字段在另一行填了不同的更正值', en: 'another row corrects the same field of this card to something else' },
  'row-twice': { zh: '同一行出现两次，填写不同', en: 'the same row stands twice, with different answers' },
  'finding-changed': {
    zh: '发出更正表之后，该问题已有变化：请重新生成更正表', en: 'the finding has changed since the workbook was made: make a new one',
  },
  'finding-settled': { zh: '该问题已不存在或已处理', en: 'the finding is gone or settled by now' },
  'no-year-end': { zh: '没有进行中的年结，说明无法作为签名的书面说明登记', en: 'no year-end is live: an explanation can not be recorded' },
  'not-decided': { zh: '此说明不被采纳', en: 'the explanation is not accepted' },
} as const satisfies Record<string, { zh: string; en: string }>

export type RowReason = keyof typeof OWN | ImportReason

/** What is wrong with one cell or row. */
export interface RowProblem {
  file: string
  sheet: string
  /** As the desktop program numbers it; null when the file as such is meant. */
  row: number | null
  /** Title of the column; null when the whole row is meant. */
  column: string | null
  code: RowReason
  value: string | null
  /** More than the reason can say, such as the judge's word. */
  detail?: { zh: string; en: string }
}

const VALUE_LENGTH = 120

export function rowProblem(
  place: Pick<RowProblem, 'file' | 'sheet' | 'row'>, column: string | null, code: RowReason, value: string | null,
  detail?: RowProblem['detail'],
): RowProblem {
  const cut = value !== null && value.length > VALUE_LENGTH ? `${value.slice(0, VALUE_LENGTH)}…` : value
  return {
    file: place.file, sheet: place.sheet, row: place.row, column, code, value: cut === '' ? null : cut,
    ...(detail ? { detail } : {}),
  }
}

/** `file:sheet:row column: reason (value)`. The value is data: clean it before it goes to a terminal. */
export function formatRowProblem({ file, sheet, row, column, code, value, detail }: RowProblem, lang: 'zh' | 'en'): string {
  const reason = code in OWN ? OWN[code as keyof typeof OWN] : IMPORT_REASONS[code as ImportReason]
  const place = `${file}${row === null ? '' : `:${sheet}:${row}`}${column === null ? '' : ` ${column}`}`
  return `${place}: ${reason[lang]}${detail ? `：${detail[lang]}` : ''}${value === null ? '' : ` (${value})`}`
}
