/** Monthly reconciliations as they were last run: sums, differences, and what became of those of the month before. */
import { type Kysely, sql } from 'kysely'
import type { Severity } from '../../domain/findings.ts'
import { formatYuan } from '../../domain/money.ts'
import { monthsBetween } from '../../domain/months.ts'
import { isoTime } from '../read-model/status.ts'
import type { Database } from '../tables.ts'

/** One reconciliation of one month; yuan text. `previousMonth` is the latest earlier one that was checked, or null. */
export interface MonthlyCheck {
  district: string
  month: string
  reconciliation: string
  state: string
  a: string
  b: string
  difference: string
  keys: number
  unequal: number
  previousMonth: string | null
  /** Differences that the month before did not have, still had, and had and are gone. */
  new: number
  still: number
  gone: number
  inputVersion: number
  ranBy: string
  ranAt: string
}

/** `gone`: it stood in the month before and does not now; `months` counts those since it first stood, without a break. */
export interface MonthlyDifference {
  district: string
  month: string
  reconciliation: string
  key: string
  severity: Severity
  difference: string | null
  /** In the month before; null when it was not there. */
  previous: string | null
  change: 'new' | 'still' | 'gone'
  firstMonth: string
  months: number
  message: { zh: string; en: string }
}

export interface MonthlyFilter {
  districts?: readonly string[] | undefined
  /** Only this one, or all months of `year`. */
  month?: string | undefined
  year?: number | undefined
  reconciliations?: readonly string[] | undefined
}

/**
 * Common tables: `latest` checks with their place `n` among the months of one district and reconciliation (the months of
 * the year before too, so that January follows December), `stood` the differences with the start of their row of months.
 */
const FOLLOWED = sql`
  latest as (
    select c.*, s.district, row_number() over (partition by s.district, c.reconciliation order by c.month) as n,
      lag(c.month) over (partition by s.district, c.reconciliation order by c.month) as previous_month
    from (select distinct on (scope_id, reconciliation, month) * from monthly_checks order by scope_id, reconciliation, month, check_id desc) c join scopes s using (scope_id)),
  placed as (
    select l.district, l.reconciliation, l.month, l.n, d.key, d.severity, d.amount, d.message_zh, d.message_en,
      l.n - row_number() over (partition by l.district, l.reconciliation, d.key order by l.n) as island
    from latest l join monthly_differences d using (check_id)),
  stood as (select *, min(month) over (partition by district, reconciliation, key, island) as first_month from placed)`

function fits(filter: MonthlyFilter, column = 'l.month') {
  const { districts, month, year, reconciliations } = filter
  return sql`(${districts === undefined} or l.district = any(${[...(districts ?? [])]}::text[]))
    and (${month ?? null}::text is null or ${sql.ref(column)} = ${month ?? null}) and (${year ?? null}::int is null or starts_with(${sql.ref(column)}, ${`${year ?? ''}-`}))
    and (${reconciliations === undefined} or l.reconciliation = any(${[...(reconciliations ?? [])]}::text[]))`
}

const ORDER = sql`l.district collate "C", l.month, substring(l.reconciliation from 2)::int`

/** The checks that fit, by district, month and number. */
export async function listMonthlyChecks(db: Kysely<Database>, filter: MonthlyFilter): Promise<MonthlyCheck[]> {
  const { rows } = await sql<{
    district: string; month: string; reconciliation: string; state: string; a: bigint; b: bigint; keys: number; unequal: number; previous_month: string | null
    new: number; still: number; gone: number; input_version: number; ran_by: string; ran_at: Date
  }>`
    with ${FOLLOWED}
    select l.*, (select count(*)::int from stood x where ${same('x')} and x.n = l.n and x.first_month = l.month) as new,
      (select count(*)::int from stood x where ${same('x')} and x.n = l.n and x.first_month < l.month) as still,
      (select count(*)::int from stood x where ${same('x')} and x.n = l.n - 1
        and not exists (select from stood y where ${same('y')} and y.n = l.n and y.key = x.key)) as gone
    from latest l where ${fits(filter)} order by ${ORDER}`.execute(db)
  return rows.map((row) => ({
    district: row.district, month: row.month, reconciliation: row.reconciliation, state: row.state, a: formatYuan(row.a),
    b: formatYuan(row.b),
    difference: formatYuan(row.a - row.b), keys: row.keys, unequal: row.unequal, previousMonth: row.previous_month, new: row.new,
    still: row.still,
    gone: row.gone, inputVersion: row.input_version, ranBy: row.ran_by, ranAt: isoTime(row.ran_at)!,
  }))
}

const same = (table: string) =>
  sql`${sql.ref(`${table}.district`)} = l.district and ${sql.ref(`${table}.reconciliation`)} = l.reconciliation`

/** The differences that fit, those that are gone since the month before among them. */
export async function listMonthlyDifferences(db: Kysely<Database>, filter: MonthlyFilter): Promise<MonthlyDifference[]> {
  const { rows } = await sql<{
    district: string; month: string; reconciliation: string; key: string; severity: Severity; amount: bigint | null; previous: bigint | null
    change: MonthlyDifference['change']; first_month: string; zh: string; en: string
  }>`
    with ${FOLLOWED}
    select l.district, l.month, l.reconciliation, coalesce(x.key, p.key) as key, coalesce(x.severity, p.severity) as severity, x.amount, p.amount as previous,
      case when x.key is null then 'gone' when x.first_month = l.month then 'new' else 'still' end as change,
      coalesce(x.first_month, p.first_month) as first_month, coalesce(x.message_zh, p.message_zh) as zh, coalesce(x.message_en, p.message_en) as en
    from latest l cross join lateral (
      select key from stood x where ${same('x')} and x.n in (l.n, l.n - 1) group by key) k
      left join stood x on ${same('x')} and x.n = l.n and x.key = k.key
      left join stood p on ${same('p')} and p.n = l.n - 1 and p.key = k.key
    where ${fits(filter)} order by ${ORDER}, k.key collate "C"`.execute(db)
  return rows.map(({ amount, previous, first_month: firstMonth, zh, en, ...row }) => ({
    ...row, difference: amount === null ? null : formatYuan(amount), previous: previous === null ? null : formatYuan(previous),
    firstMonth,
    months: monthsBetween(firstMonth, row.month) + (row.change === 'gone' ? 0 : 1), message: { zh, en },
  }))
}
