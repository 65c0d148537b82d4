/** The rows of the correction workbooks: for each unit, each finding with the fields that it may ask to be corrected. */
import { compileRules } from '../../config/asset-rules.ts'
import { ruleOrder, type Severity } from '../../domain/findings.ts'
import { digestOf } from '../digest.ts'
import { cardRules, shownValue, titleOf } from './fields.ts'
import { type CardRow, type Sql, cardsOnLines, valueMark } from './cards.ts'
import type { OpenFinding, Standing } from './standing.ts'

export interface WorkbookRow {
  finding: OpenFinding
  /** Null for a finding of the report: it is corrected in asset_report.csv. */
  card: CardRow | null
  /** The other cards that the finding is about. */
  others: readonly CardRow[]
  field: string | null
  title: string
  value: string
  suggestion: string
  /** Mark of the card and the value; '' without a card. */
  mark: string
}

/** What stands open for one unit ('' for what belongs to none). */
export interface UnitRows { unit: string; name: string; rows: readonly WorkbookRow[] }

/**
 * Open findings by unit, in the order of units, cards, rules: a card's problems stand together, those of the annual report
 * come last. A finding on cards of two units stands with both.
 */
export async function rowsByUnit(db: Sql, standing: Standing): Promise<UnitRows[]> {
  const fields = new Map(compileRules(standing.config['asset-health'], standing.district, standing.year)
    .map((rule) => [rule.id, rule.fields]))
  const cards = await cardsOnLines(db, standing.scopeId, standing.findings.flatMap(({ lines }) => lines))
  const units = new Map<string, WorkbookRow[]>()
  const put = (unit: string | null, rows: readonly WorkbookRow[]) => { units.set(unit ?? '', [
    ...(units.get(unit ?? '') ?? []), ...rows,
  ]) }
  for (const finding of standing.findings) {
    const found = finding.lines.flatMap((line) => cards.get(line) ?? [])
    if (found.length === 0) put(finding.unit, [reportRow(finding)])
    for (const card of found) {
      const others = found.filter((one) => one !== card)
      put(card.values.unit ?? null, fieldRows(standing, finding, { card, others }, fields.get(finding.rule) ?? []))
    }
  }
  const names = await unitNames(db, standing.scopeId)
  return [...units].sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([unit, rows]) => ({ unit, name: names.get(unit) ?? '', rows: rows.sort(inOrder) }))
}

function reportRow(finding: OpenFinding): WorkbookRow {
  return { finding, card: null, others: [], field: null, title: '年报指标', value: finding.actual ?? '', suggestion: '', mark: '' }
}

function fieldRows(
  { config }: Standing, finding: OpenFinding, { card, others }: Pick<WorkbookRow, 'others'> & { card: CardRow },
  fields: readonly string[],
): WorkbookRow[] {
  const rules = cardRules(config.input)
  const suggested = finding.suggestions.filter(({ line }) => line === card.line)
  const all = [...new Set([...suggested.map(({ field }) => field), ...fields])]
  return all.map((field) => ({
    finding, card, others, field, title: titleOf(rules, field), value: shownValue(rules.get(field), card.values[field] ?? null),
    suggestion: suggested.find((one) => one.field === field)?.suggested ?? '', mark: valueMark(card, field),
  }))
}

function inOrder(one: WorkbookRow, other: WorkbookRow): number {
  const [a, b] = [ruleOrder(one.finding.rule), ruleOrder(other.finding.rule)]
  const [here, there] = [one, other].map(({ card }) => card?.line ?? Number.MAX_SAFE_INTEGER) as [number, number]
  return here - there || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])
    || (one.finding.key < other.finding.key ? -1 : one.finding.key > other.finding.key ? 1 : 0)
}

async function unitNames(db: Sql, scopeId: number): Promise<Map<string, string>> {
  const { rows } = await db.query<{ unit: string; name: string }>('select unit, name from units where scope_id = $1', [scopeId])
  return new Map(rows.map(({ unit, name }) => [unit, name]))
}

/** Digest of what a workbook asks: the same rows are the same round. */
export function rowsDigest(rows: readonly WorkbookRow[]): string {
  return digestOf(rows.map(({ finding, field, mark, suggestion }) => [
    finding.id, finding.message.zh, field ?? '', mark, suggestion,
  ]))
}

/** Open findings of a unit by family and severity: `{F: {error: 2, warning: 0}}`. Each finding counts once. */
export function countLeft(rows: readonly WorkbookRow[]): Record<string, Record<Severity, number>> {
  const left: Record<string, Record<Severity, number>> = {}
  for (const finding of new Set(rows.map((row) => row.finding))) {
    (left[finding.rule[0]!] ??= { error: 0, warning: 0, info: 0 })[finding.severity] += 1
  }
  return left
}
