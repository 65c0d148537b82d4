/**
 * The monthly check of everything in transit: apart from the year-end, its findings and its approvals. It counts what the
 * district's present input holds, by type, unit and age, and keeps the figures so that months can be compared.
 */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { DocumentsConfig } from '../../config/schemas/documents.ts'
import { appendAudit } from '../audit.ts'
import { inputVersionOf } from '../runs.ts'
import type { Database } from '../tables.ts'
import { yuanText } from '../yuan.ts'

export interface TypeFigures { count: number; amount: string; sent: number; oldestDays: number | null; /** Documents at least so many days old, by the days of config/documents.yaml. */ ages: {
  [days: string]: number
} }
export interface CheckFigures {
  documents: number; amount: string; blocking: number; inDoubt: number
  byType: { [type: string]: TypeFigures }
  byUnit: { [unit: string]: { count: number; amount: string } }
  unpostedVouchers: number
  /** Numbers that are missing between others of the same series, in vouchers and documents. */
  numberGaps: number
}
export interface StoredCheck {
  district: string; year: number; checkedFor: string; checkedAt: string; inputVersion: number; figures: CheckFigures
}

/** The scope that a check at this time looks at: the fiscal year of that day or, before it has input, the latest one that has. */
export async function scopeForCheck(
  db: Kysely<Database>, district: string, fiscalYear: number,
): Promise<{ scopeId: number; year: number } | null> {
  const { rows } = await sql<{ scopeId: number; year: number }>`
    select scope_id as "scopeId", year from scopes s where district = ${district} and year <= ${fiscalYear}
      and exists (select from input_versions v where v.scope_id = s.scope_id) order by year desc limit 1`.execute(db)
  return rows[0] ?? null
}

/**
 * Checks a district and keeps the figures under the time for which the check was due: the same time again takes its place.
 * Null when the district has no input yet.
 */
export async function checkInTransit(
  trx: Transaction<Database>, documents: DocumentsConfig,
  { district, checkedFor, at, by }: { district: string; checkedFor: Date; at: Date; by: string },
): Promise<StoredCheck | null> {
  const day = dayIn(documents.watch.time_zone, checkedFor)
  const scope = await scopeForCheck(trx, district, Number(day.slice(0, 4)))
  if (!scope) return null
  const figures = await figuresOf(trx, scope.scopeId, documents, day)
  const inputVersion = await inputVersionOf(trx, scope.scopeId)
  const row = { checked_at: at, input_version: inputVersion, figures: JSON.stringify(figures) }
  await trx.insertInto('in_transit_checks').values({ scope_id: scope.scopeId, checked_for: checkedFor, ...row })
    .onConflict((conflict) => conflict.columns(['scope_id', 'checked_for']).doUpdateSet(row)).execute()
  await appendAudit(trx, {
    district, kind: 'in-transit.check', actor: by, subject: `${scope.year}/${day}`,
    detail: {
      inputVersion, documents: figures.documents, amount: figures.amount, blocking: figures.blocking, inDoubt: figures.inDoubt,
    },
  })
  return { district, year: scope.year, checkedFor: checkedFor.toISOString(), checkedAt: at.toISOString(), inputVersion, figures }
}

/** The calendar day of a moment in a time zone: `2025-12-01`. */
const dayIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)

async function figuresOf(
  trx: Transaction<Database>, scopeId: number, documents: DocumentsConfig, day: string,
): Promise<CheckFigures> {
  const { ages } = documents.watch
  const open = sql`
    select d.type, coalesce(d.unit, '') as unit, coalesce(d.amount, 0) as amount, d.status, ${day}::date - coalesce(d.created_on, d.updated_on) as age
    from documents d where d.scope_id = ${scopeId} and d.status <> all(${documents.final as string[]}::text[])`
  const counted = sql.join(ages.map((days) => sql`count(*) filter (where age >= ${days})::int`))
  const types = await sql<{ type: string; count: number; amount: string; sent: number; oldest: number | null; ages: number[] }>`
    select type, count(*)::int as count, ${yuanText(sql`sum(amount)`)} as amount, count(*) filter (where status = 'sent')::int as sent,
      max(greatest(age, 0))::int as oldest, array[${counted}] as ages from (${open}) o group by type order by type collate "C"`.execute(trx)
  const units = await sql<{ unit: string; count: number; amount: string }>`
    select unit, count(*)::int as count, ${yuanText(sql`sum(amount)`)} as amount from (${open}) o group by unit order by unit collate "C"`.execute(trx)
  const all = await sql<{ count: number; amount: string; unposted: number }>`
    select count(*)::int as count, ${yuanText(sql`coalesce(sum(amount), 0)`)} as amount,
      (select count(distinct (book_id, voucher))::int from entries where scope_id = ${scopeId} and not posted) as unposted from (${open}) o`.execute(trx)
  const gaps = await listNumberGaps(trx, scopeId)
  const typeOf = (type: string) => documents.types[type]
  return {
    documents: all.rows[0]!.count, amount: all.rows[0]!.amount,
    blocking: sum(types.rows, (row) => ((typeOf(row.type)?.severity ?? 'error') === 'error' ? row.count : 0)),
    inDoubt: sum(types.rows, (row) => (typeOf(row.type)?.in_doubt?.statuses.includes('sent') ? row.sent : 0)),
    byType: Object.fromEntries(types.rows.map(({ type, count, amount, sent, oldest, ages: old }) => [type, {
      count, amount, sent, oldestDays: oldest, ages: Object.fromEntries(ages.map((days, index) => [String(days), old[index]!])),
    }])),
    byUnit: Object.fromEntries(units.rows.map(({ unit, count, amount }) => [unit, { count, amount }])),
    unpostedVouchers: all.rows[0]!.unposted, numberGaps: sum(gaps, (gap) => gap.missing),
  }
}

const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((total, row) => total + of(row), 0)

export interface NumberGap {
  series: 'voucher' | 'document'; name: string; prefix: string; from: string; to: string; missing: number
}

/**
 * Gaps 断号 in series of numbers: vouchers of a book, documents of a type. A series is what shares the text before the last
 * digits and their length. They are told, never findings: a number may be missing for many reasons that no input shows.
 */
export async function listNumberGaps(db: Kysely<Database>, scopeId: number): Promise<NumberGap[]> {
  const { rows } = await sql<NumberGap>`
    with numbers as (
      select distinct 'voucher' as series, b.book as name, e.voucher as number from entries e join books b using (scope_id, book_id) where e.scope_id = ${scopeId}
      union all select 'document', type, number from documents where scope_id = ${scopeId}),
    parts as (select series, name, m[1] as prefix, m[2] as digits from numbers, regexp_match(number, '^(.*?)([0-9]{1,18})$') m),
    steps as (
      select series, name, prefix, lag(digits) over numbered as before, digits, digits::bigint - lag(digits::bigint) over numbered - 1 as missing
      from parts window numbered as (partition by series, name, prefix, length(digits) order by digits::bigint))
    select series, name, prefix, before as "from", digits as "to", missing::int as missing from steps where missing between 1 and 1000000
    order by series desc, name collate "C", prefix collate "C", digits collate "C"`.execute(db)
  return rows
}

/** The checks of districts, by district and time, oldest first. */
export async function listChecks(
  db: Kysely<Database>, filter: { districts?: readonly string[]; since?: Date },
): Promise<StoredCheck[]> {
  const some = filter.districts?.length ? sql`and s.district = any(${[...filter.districts]}::text[])` : sql``
  const { rows } = await sql<Omit<StoredCheck, 'checkedFor' | 'checkedAt'> & { checked_for: Date; checked_at: Date }>`
    select s.district, s.year, c.checked_for, c.checked_at, c.input_version as "inputVersion", c.figures
    from in_transit_checks c join scopes s using (scope_id)
    where (${filter.since ?? null}::timestamptz is null or c.checked_for >= ${filter.since ?? null}) ${some}
    order by s.district collate "C", c.checked_for`.execute(db)
  return rows.map(({ checked_for, checked_at, ...row }) => ({
    ...row, checkedFor: checked_for.toISOString(), checkedAt: checked_at.toISOString(),
  }))
}
