/** The overview: districts by steps, what is known of the cell under the cursor, and on a tall screen what waits for me. */
import { RUN_STATE_WORDS, STEP_SHORT, dayAndTime } from '../../shared/terms.ts'
import { STEPS } from '../../../domain/steps.ts'
import { windowTop } from '../layout.ts'
import { cell, type Line, piece } from '../line.ts'
import { currentIndex } from '../reducer.ts'
import { queueRows, type Row, rowsOf } from '../rows.ts'
import { currentView, type State } from '../state.ts'
import { sign } from '../theme.ts'
import { nameOf, stateCell, stepSummary, tell } from './parts.ts'
import { queueTable } from './queue.ts'
import { forecastFor, forecastLine } from './time.ts'

interface Widths { code: number; name: number; cell: number; done: number }
const PERCENT = 5
const SUMMARY_ROWS = 5
/** Beside the steps there is room for when a district is done from this width on. */
const WIDE = 110
const DONE = 13
const QUEUE_ROWS_MIN = 4

export function boardLines(state: State, height: number): Line[] {
  const rows = rowsOf(state) as Extract<Row, { kind: 'district' }>[]
  const widths = widthsFor(state)
  const index = currentIndex(state)
  const room = Math.max(1, height - 1 - SUMMARY_ROWS)
  const shown = Math.min(rows.length, room)
  const top = windowTop(index, rows.length, shown)
  const lines = [titles(state, widths)]
  for (const [place, row] of rows.slice(top, top + shown).entries()) {
    lines.push(districtLine(state, widths, row, top + place === index))
  }
  const row = rows[index]
  if (row) {
    const step = row.district.steps[currentView(state).column]!
    lines.push(
      [], ...stepSummary(state, row.district, step, state.data.board!.details.get(`${row.key}/${step.step}`)),
      ...forecastLine(state, row.key),
    )
  }
  return [...lines, ...queueBelow(state, height - lines.length)]
}

/** Names take what the six columns leave; the code and the forecast show where there is room for them. */
function widthsFor(state: State): Widths {
  const { columns } = state.size
  const wide = columns >= 96
  const code = wide ? 8 : 0
  const done = columns >= WIDE ? DONE : 0
  const cellWidth = wide ? Math.min(16, Math.max(11, Math.floor((columns - 8 - PERCENT - 22 - done) / STEPS.length))) : 10
  return { code, done, cell: cellWidth, name: Math.min(34, columns - 1 - code - PERCENT - done - cellWidth * STEPS.length) }
}

function titles(state: State, widths: Widths): Line {
  const t = tell(state)
  const { column } = currentView(state)
  return [
    piece(' '), ...(widths.code ? [cell(t({ zh: '区划', en: 'Code' }), widths.code, 'title')] : []),
    cell(t({ zh: '名称', en: 'District' }), widths.name, 'title'), cell('%', PERCENT - 1, 'title', 'right'), piece(' '),
    ...STEPS.map((step, index) => cell(` ${t(STEP_SHORT[step])}`, widths.cell, index === column ? 'bold' : 'title')),
    ...(widths.done ? [cell(t({ zh: ' 预计完成', en: ' Done by' }), widths.done, 'title')] : []),
  ]
}

function districtLine(state: State, widths: Widths, { district }: Extract<Row, { kind: 'district' }>, active: boolean): Line {
  const { column } = currentView(state)
  const mark = sign('cursor', state.ascii)
  const name = `${district.kind === 'rehearsal' ? '~' : ''}${nameOf(state, district)}`
  const quiet = district.state === 'pending' || district.state === 'cancelled'
  return [
    piece(active ? mark : ' ', 'head'),
    ...(widths.code ? [cell(district.code, widths.code, active ? 'bold' : 'dim')] : []),
    cell(name, widths.name, active ? 'bold' : quiet ? 'dim' : 'plain'),
    cell(district.state === 'pending' ? '-' : String(district.percent), PERCENT - 1, 'dim', 'right'), piece(' '),
    ...district.steps.flatMap((step, index) => {
      const here = active && index === column
      const look = stateCell(state, step, widths.cell - 1)
      return [piece(here ? mark : ' ', 'head'), here ? { ...look, style: 'cursor' as const } : look]
    }),
    ...(widths.done ? [cell(` ${doneBy(state, district.code)}`, widths.done, 'dim')] : []),
  ]
}

const doneBy = (state: State, code: string) => dayAndTime(forecastFor(state.data.forecast, code)?.median ?? null, state.now) || '-'

function queueBelow(state: State, room: number): Line[] {
  const rows = queueRows(state)
  if (room < QUEUE_ROWS_MIN + 3) return []
  const t = tell(state)
  const title = state.viewer
    ? t({ zh: `等我处理 ${rows.length}`, en: `Waiting for me ${rows.length}` })
    : t({ zh: `等人处理 ${rows.length}`, en: `Waiting ${rows.length}` })
  const lines = queueTable(state, rows, -1, room - 3)
  return [[], [piece(` ${title}`, 'bold'), piece(t({ zh: '  w 打开', en: '  w opens' }), 'dim')], ...lines]
}

/** One line on the year for the header. */
export function yearText(state: State): string {
  const status = state.data.board?.status
  const t = tell(state)
  const year = t({ zh: `${state.year}年度`, en: `FY ${state.year}` })
  const rehearsal = state.rehearsal ? t({ zh: ' 演练', en: ' rehearsal' }) : ''
  if (!status) return year + rehearsal
  const ended = status.districts.filter((district) => district.state === 'completed').length
  return `${year}${rehearsal} ${t(RUN_STATE_WORDS[status.state])} ${ended}/${status.districts.length}`
}
