/** The correction workbook of a unit (更正表) as XLSX: one row for each field that a finding may ask to be corrected. */
import writeXlsx, { type SheetData } from 'write-excel-file/node'
import { CLEARED, cardRules, shownValue, titleOf } from '../books/assets/fields.ts'
import { CORRECTION_SHEET, FORM, type FormColumn, NOTES_SHEET } from '../books/assets/form.ts'
import { CONTENT_LENGTH, writeCode } from '../books/assets/row-code.ts'
import type { Standing } from '../books/assets/standing.ts'
import { type UnitRows, type WorkbookRow, countLeft } from '../books/assets/rows.ts'
import { withFixedTime } from './fixed-time.ts'
import { visible } from './html/escape.ts'

export interface WorkbookRequest {
  standing: Pick<Standing, 'district' | 'year' | 'inputVersion' | 'config'>
  districtName: string
  unit: UnitRows
  round: number
  /** Fills the column of the correction with what is suggested: the person's choice, who still sends the workbook in. */
  acceptSuggestions: boolean
}

const SEVERITIES = { error: '错误', warning: '警告', info: '提示' } as const
const TEXT_MAX = 32_000
const COLUMNS = Object.keys(FORM) as FormColumn[]
const OWN: readonly FormColumn[] = ['correction', 'explanation']
const WRAPPED: readonly FormColumn[] = ['problem', 'name', 'unitName', 'explanation']

/** The same state gives the same bytes. */
export async function correctionWorkbook(request: WorkbookRequest): Promise<Buffer> {
  const rows = request.unit.rows.map((row, index) => rowOf(request, row, index))
  const data: SheetData = [COLUMNS.map((column) => headCell(column)), ...rows]
  const bytes = await writeXlsx([
    {
      sheet: CORRECTION_SHEET, data, columns: COLUMNS.map((column) => ({ width: FORM[column][1] })), stickyRowsCount: 1,
      orientation: 'landscape',
    },
    { sheet: NOTES_SHEET, data: notes(request), columns: [{ width: 24 }, { width: 100 }], orientation: 'landscape' },
  ], { features: [PAGE] }).toBuffer()
  return withFixedTime(bytes)
}

/** Filters on the titles, the code out of sight, and a print as wide as one page. */
const PAGE: NonNullable<NonNullable<Parameters<typeof writeXlsx>[1]>['features']>[number] = {
  files: {
    transform: {
      'xl/worksheets/sheet{id}.xml': {
        transform: (xml) => {
          const last = xml.includes('state="frozen"') ? /<row r="(\d+)"(?!.*<row r=")/s.exec(xml)?.[1] : undefined
          return xml.replace(/(<worksheet[^>]*>)/, '$1<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>')
            .replace(new RegExp(`(<col min="${COLUMNS.length}" [^/]*)/>`), '$1 hidden="1"/>')
            .replace('<pageSetup ', '<pageSetup fitToHeight="0" ')
            .replace(
              '</sheetData>',
              `</sheetData>${last ? `<autoFilter ref="A1:${String.fromCharCode(64 + COLUMNS.length)}${last}"/>` : ''}`,
            )
        },
      },
    },
  },
}

const headCell = (column: FormColumn) => ({
  value: FORM[column][0], type: String, fontWeight: 'bold' as const, wrap: true,
  height: HEAD_POINTS, alignVertical: 'center' as const,
  backgroundColor: OWN.includes(column) ? '#FFE699' : '#DDEBF7', borderStyle: 'thin' as const,
})

function rowOf(
  { standing, unit, round, acceptSuggestions }: WorkbookRequest, row: WorkbookRow, index: number,
): SheetData[number] {
  const { finding, card, field } = row
  const texts: Record<FormColumn, string> = {
    number: String(index + 1), unit: unit.unit, unitName: unit.name, assetNo: card ? card.values.asset_no ?? '' : finding.key,
    cardNo: card?.values.card_no ?? '',
    name: card?.values.name ?? '', rule: finding.rule, severity: SEVERITIES[finding.severity], problem: problemOf(standing, row),
    field: row.title, value: row.value,
    suggestion: row.suggestion, correction: acceptSuggestions && card ? row.suggestion : '', explanation: '',
    code: writeCode({
      district: standing.district, year: standing.year, unit: unit.unit, round, finding: finding.id, rule: finding.rule,
      content: (finding.contentDigest ?? '').slice(0, CONTENT_LENGTH), line: card?.line ?? null, field, mark: row.mark,
    }),
  }
  const height = LINE_POINTS * Math.max(
    ...WRAPPED.map((column) => Math.ceil(displayWidth(texts[column]) / (FORM[column][1] - 2))), 1,
  )
  return COLUMNS.map((column, at) => ({ ...cellOf(column, texts[column], row), ...(at === 0 ? { height } : {}) }))
}

/**
 * What is wrong, without the card's own name: that stands in the row, and its line in the district's file is not the unit's.
 * The other cards of the finding are named by their units, who have no row of this workbook.
 */
function problemOf({ config }: WorkbookRequest['standing'], { finding, card, others }: WorkbookRow): string {
  const said = finding.message.zh
  if (!card) return said
  if (others.length > 0) {
    const names = others.slice(0, OTHERS_MAX).map(({ values }) => `单位 ${values.unit ?? '（空）'} 卡片 ${values.card_no ?? '（空）'}`)
    return `${said}；另一张：${names.join('、')}${others.length > OTHERS_MAX ? '等' : ''}`
  }
  const rules = cardRules(config.input)
  const names: Record<string, string> = { key: finding.key, line: String(card.line) }
  const subject = config['asset-health'].subject.zh.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) =>
    names[name] ?? (shownValue(rules.get(name), card.values[name] ?? null) || '（空）'))
  return said.startsWith(`${subject}：`) ? said.slice(subject.length + 1) : said
}

/** Desktop programs do not grow rows by themselves: Chinese takes two columns of the width, the rest one. */
const LINE_POINTS = 15
const OTHERS_MAX = 3
const HEAD_POINTS = 24
const displayWidth = (text: string) => [...text].reduce((width, character) => width + (character > '\u2e7f' ? 2 : 1), 0)

function cellOf(column: FormColumn, text: string, { card, finding }: WorkbookRow) {
  const style = {
    alignVertical: 'top' as const, wrap: WRAPPED.includes(column), borderStyle: 'thin' as const, borderColor: '#BFBFBF',
    ...(column === 'severity' ? { textColor: finding.severity === 'error' ? '#C00000' : '#7F6000' } : {}),
    ...(column === 'code' ? { textColor: '#A6A6A6' } : {}),
    ...(OWN.includes(column) && !(column === 'correction' && !card) ? { backgroundColor: '#FFFBE6' } : {}),
  }
  // As text, so that a desktop program leaves numbers and dates as they are typed.
  return { ...style, value: visible(text).slice(0, TEXT_MAX), type: String, format: '@' }
}

function notes({ standing, districtName, unit, round }: WorkbookRequest): SheetData {
  const families: Record<string, { zh: string }> = { ...standing.config['asset-health'].families, R: { zh: '资产年报' } }
  const counts = countLeft(unit.rows)
  const left = Object.keys(families).flatMap((letter) => {
    const { error, warning } = counts[letter] ?? { error: 0, warning: 0 }
    return error + warning > 0 ? [`${letter} ${families[letter]!.zh}：错误 ${error}，警告 ${warning}`] : []
  })
  const lines: [string, string][] = [
    ['资产数据更正表', ''],
    ['区划', `${standing.district} ${districtName}`],
    ['年度', String(standing.year)],
    ['单位', `${unit.unit} ${unit.name}`],
    ['会审轮次', `第 ${round} 轮`],
    ['数据版本', `第 ${standing.inputVersion} 版`],
    ['待处理', left.join('；')],
    ['', ''],
    ['怎样填写', '只填「更正值」和「说明」两列（黄色），其余各列请勿改动；行可以排序、筛选，也可以删去不答复的行。'],
    ['更正值', '填写正确的值：金额用元（1234.56），日期用 2025-12-31 或 20251231，是否填 是 / 否，选项填中文词（如 在用、闲置）。留空表示不更正。'],
    ...choicesOf(standing, unit),
    ['清空', `要清空一个字段，在「更正值」填 ${CLEARED}。`],
    ['建议值', '能由数据算出唯一答案时给出，仅供参考；不采纳就不填。'],
    ['说明', '更正的，写明依据（凭证号、证件）；不更正而数据确实如此的，写明原因，作为书面说明。'],
    ['年报指标', '规则以 R 开头的问题是年报数据：请更正年报后重新报送，或在「说明」列写明原因。'],
    ['识别码', '最后一列（隐藏）用于把答复对回卡片，改动后该行无法导入。'],
  ]
  return lines.map(([title, text], index) => [
    {
      value: title, type: String, fontWeight: 'bold' as const, alignVertical: 'top' as const,
      height: index === 0 ? HEAD_POINTS : LINE_POINTS * Math.max(Math.ceil(displayWidth(text) / 96), 1),
      ...(index === 0 ? { fontSize: 14 } : {}),
    },
    text === '' ? null : { value: visible(text), type: String, wrap: true, alignVertical: 'top' as const },
  ])
}

/** The words that the fields of this workbook take, where they take no others. */
function choicesOf({ config }: WorkbookRequest['standing'], { rows }: UnitRows): [string, string][] {
  const rules = cardRules(config.input)
  return [...new Set(rows.map(({ field }) => field))].flatMap((field): [string, string][] => {
    const values = field === null ? undefined : rules.get(field)?.values
    return values
      ? [[`${titleOf(rules, field!)}可填`, Object.keys(values).map((value) => shownValue(rules.get(field!), value)).join('、')]]
      : []
  })
}
