/** One step: the evidence that an approval is for, and its findings. */
import type { ListedFinding } from '../../../books/read-model/findings.ts'
import type { StepEvidence } from '../../../books/read-model/evidence.ts'
import { displayYuan, parseYuan } from '../../../domain/money.ts'
import type { Step } from '../../../domain/steps.ts'
import { type Figure, headlines } from '../../shared/figures.ts'
import { SEVERITY_WORDS, STATUS_WORDS } from '../../shared/terms.ts'
import { widthOf } from '../../shared/width.ts'
import { cell, type Line, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { type Row, rowsOf, stepRows } from '../rows.ts'
import { currentView, type State } from '../state.ts'
import { wordLines } from '../texts.ts'
import { SEVERITY_STYLES, sign } from '../theme.ts'
import { listLines, stepSummary, tell, titleLine } from './parts.ts'
import { madeLines } from './problems.ts'

type FindingRow = Extract<Row, { kind: 'finding' }>

export function stepLines(state: State, height: number): Line[] {
  const { place } = currentView(state)
  if (place.screen !== 'step') return []
  const key = `${place.district}/${place.step}`
  const own = stepRows(state, place.district).find((row) => row.step.step === place.step)
  if (!own) return []
  const top = [
    ...stepSummary(state, own.district, own.step, own.detail), ...madeLines(state, key).slice(0, 3),
    ...evidenceLines(state, place.step, state.data.evidence.get(key) ?? null, height), [],
  ]
  return [...top, ...findingTable(state, height - top.length)]
}

/** Digest, figures side by side, and the last words of people; a low screen gets fewer. */
function evidenceLines(state: State, step: Step, evidence: StepEvidence | null, height: number): Line[] {
  const t = tell(state)
  if (!evidence) return []
  const room = Math.max(2, Math.floor(height / 4))
  const digest: Line[] = evidence.evidenceDigest
    ? [[
      piece(t({ zh: ' 证据 ', en: ' Evidence ' }), 'dim'), piece(evidence.evidenceDigest.slice(0, 16)),
      piece(t({ zh: `  第 ${evidence.generation} 代  i 看全部`, en: `  generation ${evidence.generation}  i shows all` }), 'dim'),
      piece(step === 'initialise' ? t({ zh: '  n 新旧差异  T 试运行', en: '  n differences  T trial day' }) : '', 'dim'),
    ]]
    : []
  const words = wordLines(state, evidence).slice(-room)
  return [...digest, ...figureLines(state, headlines(step, evidence.figures)).slice(0, room), ...words]
}

/** `name value` pairs, as many on a line as fit. */
function figureLines(state: State, figures: readonly Figure[]): Line[] {
  const lines: Line[] = []
  let line: Line = []
  let used = 1
  for (const figure of figures) {
    const text = `${tell(state)(figure.label)} ${figure.value}`
    if (used + widthOf(text) + 3 > state.size.columns && line.length > 0) {
      lines.push([piece(' '), ...line])
      line = []
      used = 1
    }
    line = [...line, piece(`${text}   `, figure.money ? 'bold' : 'plain')]
    used += widthOf(text) + 3
  }
  return line.length > 0 ? [...lines, [piece(' '), ...line]] : lines
}

function findingTable(state: State, height: number): Line[] {
  const t = tell(state)
  const rows = rowsOf(state) as FindingRow[]
  const { openOnly, filter, selected } = currentView(state)
  if (rows.length === 0) {
    const none = filter || openOnly ? t({ zh: ' 没有符合条件的问题', en: ' No finding fits' }) : t({ zh: ' 没有问题', en: ' No findings' })
    return [[piece(none, 'dim')]]
  }
  const widths = widthsFor(state, rows)
  const titles = titleLine([
    [' ', 1], [t({ zh: '程度', en: 'Level' }), widths.level], [t({ zh: '状态', en: 'Status' }), widths.status],
    [t({ zh: '规则', en: 'Rule' }), widths.rule],
    [t({ zh: '对象', en: 'Key' }), widths.key], [t({ zh: '金额', en: 'Amount' }), widths.amount, 'right'],
    [t({ zh: '说明', en: 'What' }), widths.what],
  ])
  return [titles, ...listLines(state, rows, currentIndex(state), height - 1, ({ finding }) => [
    piece(selected.has(finding.id) ? sign('picked', state.ascii) : ' ', 'mine'), piece(' '),
    ...findingCells(state, finding, widths),
  ])]
}

interface Widths { level: number; status: number; rule: number; key: number; amount: number; what: number }

/** Short columns take what they need; key and text share the rest. */
function widthsFor(state: State, rows: readonly FindingRow[]): Widths {
  const zh = state.lang === 'zh'
  const widest = (texts: readonly string[], least: number, most: number) => Math.min(most, Math.max(least, ...texts.map(widthOf)))
  const level = zh ? 4 : 7
  const status = zh ? 6 : 9
  const rule = widest(rows.map((row) => row.finding.rule), 4, 16)
  const amount = widest(rows.map((row) => amountText(row.finding)), 6, 22)
  const rest = state.size.columns - 1 - 7 - level - status - rule - amount
  const key = widest(rows.map((row) => row.finding.key), 6, Math.max(12, Math.floor(rest * 0.5)))
  return { level, status, rule, amount, key, what: Math.max(8, rest - key - 1) }
}

const amountText = (finding: ListedFinding): string => (finding.amount === null ? '' : displayYuan(parseYuan(finding.amount)))

function findingCells(state: State, finding: ListedFinding, widths: Widths): Line {
  const t = tell(state)
  const settled = finding.status !== 'open'
  return [
    cell(t(SEVERITY_WORDS[finding.severity]), widths.level, settled ? 'dim' : SEVERITY_STYLES[finding.severity]), piece(' '),
    cell(t(STATUS_WORDS[finding.status]), widths.status, settled ? 'dim' : 'plain'), piece(' '),
    cell(finding.rule, widths.rule, settled ? 'dim' : 'plain'), piece(' '),
    cell(finding.key, widths.key, settled ? 'dim' : 'plain'), piece(' '),
    cell(amountText(finding), widths.amount, settled ? 'dim' : 'plain', 'right'), piece(' '),
    cell([...madeFrom(state, finding), t(finding.message)].join(' '), widths.what, settled ? 'dim' : 'plain'),
  ]
}

/** Ids of the problems that a finding was made into. */
const madeFrom = (state: State, { id, district, step }: ListedFinding): string[] =>
  (state.data.made.get(`${district}/${step}`) ?? [])
    .flatMap((problem) => (problem.cause?.findingId === id ? [`[${problem.id}]`] : []))
