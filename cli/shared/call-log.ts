/** The hotline's call log as a CSV file (docs/service-report.md). */
import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import type { Call } from '../../books/service/records.ts'
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
export function readCallLog(file: string, bytes: Buffer, zone: string, knows: (district: string) => boolean): { calls: Call[] } | BadLog {
  let records: { record: Record<string, string>; info: { lines: number } }[]
  try {
    const text = isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('gb18030', { fatal: true }).decode(bytes)
    records = parse(text, { bom: true, columns: true, trim: true, skip_empty_lines: true, info: true }) as unknown as typeof records
  } catch (error) {
    return { problems: [`${file}: 无法读取 can not be read (${safeText((error as Error).message)})`] }
  }
  const problems: string[] = []
  const header = Object.keys(records[0]?.record ?? {})
  const missing = COLUMNS.filter((column) => !OPTIONAL.includes(column) && !header.includes(column))
  const unknown = header.filter((column) => !(COLUMNS as readonly string[]).includes(column))
  if (records.length === 0) problems.push(`${file}: 没有数据行 no rows`)
  if (records.length > 0 && missing.length > 0) problems.push(`${file}:1 ${missing.join(', ')}: 缺少列 column missing`)
  if (unknown.length > 0) problems.push(`${file}:1 ${unknown.map(safeText).join(', ')}: 未知列 unknown column`)
  if (problems.length > 0) return { problems }
  const seen = new Map<string, number>()
  const calls = records.map(({ record, info }): Call => {
    const bad = (column: Column, zh: string, en: string) => problems.push(`${file}:${info.lines} ${column}: ${zh} ${en} (${safeText(record[column] ?? '')})`)
    const time = (column: Column): string | null => {
      const given = record[column] ?? ''
      if (given === '') {
        if (column === 'called_at') bad(column, '缺少', 'missing')
        return null
      }
      const iso = timeOf(given, zone)
      if (iso === null) bad(column, '不是时间', 'no time')
      return iso
    }
    const call = {
      callId: record.call_id ?? '', district: record.district ?? '', user: record.user ?? '', calledAt: time('called_at') ?? '', answeredAt: time('answered_at'),
      endedAt: time('ended_at'), calledBackAt: time('called_back_at'),
    }
    if (call.callId === '') bad('call_id', '缺少', 'missing')
    else if (seen.has(call.callId)) bad('call_id', `与第 ${seen.get(call.callId)} 行重复`, `the same as in line ${seen.get(call.callId)}`)
    seen.set(call.callId, info.lines)
    if (call.user === '') bad('user', '缺少', 'missing')
    if (!knows(call.district)) bad('district', '没有这个区划', 'no such district')
    for (const [column, at] of [['answered_at', call.answeredAt], ['ended_at', call.endedAt], ['called_back_at', call.calledBackAt]] as const) {
      if (at !== null && call.calledAt !== '' && at < call.calledAt) bad(column, '早于来电时间', 'before the call')
    }
    return call
  })
  return problems.length > 0 ? { problems } : { calls }
}

/** ISO 8601 UTC; null when it is no time. */
export function timeOf(text: string, zone: string): string | null {
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?$/.exec(text)
  const at = new Date(local ? `${local[1]}T${local[2]}${local[3] ?? ':00'}${zone}` : /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : '')
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
