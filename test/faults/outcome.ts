/** What a year-end leaves behind, without the moments at which it happened: to be compared between two offices. */
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { sql } from 'kysely'
import { EXPORTS, findGeneration, writeExport } from '../../books/export/export.ts'
import type { Approval } from '../../report/district-parts.ts'
import { readReport } from '../../report/read.ts'
import type { Office } from './office.ts'

/** Texts by kind of export. */
export type Exports = Readonly<Record<string, string>>

/** Every export of the district, byte for byte. */
export async function exportsOf(office: Office, district: string, year: number): Promise<Exports> {
  const books = office.books()
  const source = await findGeneration(books.db, { district, closingYear: year })
  if (!source) throw new Error(`${district} has no carry-forward in force`)
  const texts: Record<string, string> = {}
  for (const kind of EXPORTS) {
    const out = new PassThrough()
    const [text] = await Promise.all([buffer(out), writeExport(books, kind, source, out)])
    texts[kind] = text.toString()
  }
  return texts
}

/**
 * Moments, and what is hashed over ids and moments: two runs never share these. What a district waited for while it ran is
 * a matter of the moment too.
 */
const OF_THE_MOMENT = /^(asOf|at|audit|deadline|evidence|history|.*(At|Digest))$/

/**
 * The report's JSON without what belongs to the moment: approvals in the order of their steps, not of the clock, and only
 * those that count; a word of a client that was killed before it was sent stays unjudged.
 */
export async function reportOf(office: Office, year: number): Promise<unknown> {
  const report = await readReport(office.books().db, { year })
  return JSON.parse(JSON.stringify(report, (name, value: unknown) => {
    if (OF_THE_MOMENT.test(name)) return undefined
    return name === 'approvals' ? (value as Approval[]).filter(({ accepted }) => accepted).toSorted((one, other) => compare(keyOf(one), keyOf(other))) : value
  }))
}

const keyOf = ({ step, actor }: Approval): string => `${step} ${actor}`
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** What must have happened once, and how often it did where that was not once. */
export async function doubled(office: Office): Promise<unknown[]> {
  const { rows } = await sql`
    select 'live carry-forwards of a run' as what, run_id::text as of, count(*)::int as times from carry_forwards where state = 'live' group by run_id having count(*) <> 1
    union all
    select 'links of an accepted decision', d.decision_id::text, count(e.sequence)::int from decisions d
      left join audit.events e on e.kind = 'decision.accepted' and e.subject = d.run_id || '/' || d.decision_id
      where d.accepted group by d.decision_id having count(e.sequence) <> 1
    union all
    select 'links of a step result', r.run_id || '/' || r.step || '/' || r.generation, count(e.sequence)::int from step_results r
      left join audit.events e on e.kind = 'step.result' and e.subject = r.run_id || '/' || r.step || '/' || r.generation
      group by r.run_id, r.step, r.generation having count(e.sequence) <> 1
    union all
    select 'links of what happens once', kind || ' ' || subject, count(*)::int from audit.events
      where kind in ('run.started', 'run.completed', 'carry-forward.applied', 'decision.accepted', 'reminder', 'escalation')
      group by kind, subject, case when kind in ('reminder', 'escalation') then detail end having count(*) <> 1
    union all
    select 'notifications', run_id || '/' || step || '/' || kind || '/' || due_at, count(*)::int from notifications
      group by run_id, step, kind, due_at having count(*) <> 1
    union all
    select 'deliveries', notification_id || ' ' || channel || ' ' || target, count(*)::int from deliveries where state = 'sent'
      group by notification_id, channel, target having count(*) <> 1`.execute(office.books().db)
  return rows
}
