/** The hotline's call log as a CSV file (docs/service-report.md). */
import type { Call } from '../../books/service/records.ts'
import { type GivenRow, noRows, parseTable, rowProblem } from './given-table.ts'
import { safeText } from './safe-text.ts'

const COLUMNS = ['call_id', 'district', 'user', 'called_at', 'answered_at', 'ended_at', 'called_back_at'] as const
type Column = (typeof COLUMNS)[number]
const OPTIONAL: readonly Column[] = ['answered_at', 'ended_at', 'called_back_at']

/** What is wrong: `file:line column: reason (value)`, all of it. */
export interface BadLog { problems: readonly string[] }

/**
 * Reads a call log: UTF-8 or GB18030, a header row with the columns above. Times are ISO 8601, or `2025-12-31 08:30[:00]` in
 * the office's own time. Every bad row is named in one pass.
 */
export function readCallLog(
  file: string, bytes: Buffer, zone: string, knows: (district: string) => boolean,
): { calls: Call[] } | BadLog {
  let rows: GivenRow[]
  try {
    rows = parseTable(bytes)
  } catch (error) {
    return { problems: [`${file}: 无法读取 can not be read (${safeText((error as Error).message)})`] }
  }
  const problems = headerProblems(file, rows)
  if (problems.length > 0) return { problems }
  const seen = new Map<string, number>()
  const calls = rows.map((row): Call => {
    const complain = (column: Column, zh: string, en: string) => problems.push(rowProblem(file, row, column, zh, en))
    const call = callOf(row.cells, zone, complain)
    const first = seen.get(call.callId)
    if (call.callId === '') complain('call_id', '缺少', 'missing')
    else if (first !== undefined) complain('call_id', `与第 ${first} 行重复`, `the same as in line ${first}`)
    seen.set(call.callId, row.line)
    if (!knows(call.district)) complain('district', '没有这个区划', 'no such district')
    return call
  })
  return problems.length > 0 ? { problems } : { calls }
}

function headerProblems(file: string, rows: readonly GivenRow[]): string[] {
  const [first] = rows
  if (!first) return [noRows(file)]
  const header = Object.keys(first.cells)
  const missing = COLUMNS.filter((column) => !OPTIONAL.includes(column) && !header.includes(column))
  const unknown = header.filter((column) => !(COLUMNS as readonly string[]).includes(column))
  return [
    ...(missing.length > 0 ? [`${file}:1 ${missing.join(', ')}: 缺少列 column missing`] : []),
    ...(unknown.length > 0 ? [`${file}:1 ${unknown.map(safeText).join(', ')}: 未知列 unknown column`] : []),
  ]
}

function callOf(cells: GivenRow['cells'], zone: string, complain: (column: Column, zh: string, en: string) => void): Call {
  const time = (column: Column): string | null => {
    const given = cells[column] ?? ''
    if (given === '') {
      if (column === 'called_at') complain(column, '缺少', 'missing')
      return null
    }
    const iso = timeOf(given, zone)
    if (iso === null) complain(column, '不是时间', 'no time')
    return iso
  }
  const call = {
    callId: cells.call_id ?? '', district: cells.district ?? '', user: cells.user ?? '', calledAt: time('called_at') ?? '',
    answeredAt: time('answered_at'), endedAt: time('ended_at'), calledBackAt: time('called_back_at'),
  }
  if (call.user === '') complain('user', '缺少', 'missing')
  for (const [column, at] of [
    ['answered_at', call.answeredAt], ['ended_at', call.endedAt], ['called_back_at', call.calledBackAt],
  ] as const) {
    if (at !== null && call.calledAt !== '' && at < call.calledAt) complain(column, '早于来电时间', 'before the call')
  }
  return call
}

/** ISO 8601 UTC; null when it is no time. */
export function timeOf(text: string, zone: string): string | null {
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?$/.exec(text)
  const at = new Date(
    local ? `${local[1]}T${local[2]}${local[3] ?? ':00'}${zone}` : /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : '',
  )
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
