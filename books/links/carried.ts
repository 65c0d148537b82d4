/** Links of indicators and documents: what the carry-forward in force, or the plan that awaits approval, took over. */
import { type Kysely, sql } from 'kysely'
import { formatYuan } from '../../domain/money.ts'
import type { Database } from '../tables.ts'
import type { Link, LinkHow, LinkNode } from './types.ts'

interface Row { old: string; new: string | null; how: LinkHow; amount: string | null }

/**
 * The generation that counts for a district's closing year: the one in force, else the latest plan; of a rehearsal only when
 * asked.
 */
const counted = ({ district, rehearsal }: LinkNode, year: number) => sql`
  select c.carry_id, c.run_id, c.scope_id from carry_forwards c join scopes s using (scope_id)
  where s.district = ${district} and s.year = ${year} and c.rehearsal = ${rehearsal} and c.state in ('live', 'planned')
  order by ${rehearsal ? sql`c.carry_id desc` : sql`c.state = 'live' desc, c.carry_id desc`} limit 1`

const linkOf = ({ district, kind, table }: LinkNode, year: number, row: Row, direction: Link['direction']): Link => ({
  district, kind, table, from: { year, code: row.old, name: null },
  to: row.new === null ? null : { year: year + 1, code: row.new, name: null },
  how: row.how, share: null, amount: row.amount === null ? null : formatYuan(BigInt(row.amount)), direction,
})

/** The new numbers of an indicator, one for each part of a split; or how it ended. */
export async function indicatorForward(db: Kysely<Database>, node: LinkNode): Promise<Link[]> {
  const { rows } = await sql<Row>`
    with carry as (${counted(node, node.year)})
    select n.source as old, n.indicator as new, 'carried' as how, n.amount::text as amount from carry join new_indicators n using (carry_id) where n.source = ${node.code}
    union all select d.indicator, null, 'surplus', d.amount::text from carry join indicator_dispositions d using (carry_id) where d.indicator = ${node.code} and d.disposition = 'surplus'
    union all select i.indicator, null, 'spent', null from carry join indicators i using (scope_id) where i.indicator = ${node.code}
      and not exists (select from indicator_dispositions d where d.carry_id = carry.carry_id and d.indicator = i.indicator)
    order by 2`.execute(db)
  return rows.map((row) => linkOf(node, node.year, row, 'forward'))
}

/** The indicator that this one was carried from. */
export async function indicatorBack(db: Kysely<Database>, node: LinkNode): Promise<Link[]> {
  const { rows } = await sql<Row>`
    with carry as (${counted(node, node.year - 1)})
    select n.source as old, n.indicator as new, 'carried' as how, n.amount::text as amount from carry join new_indicators n using (carry_id) where n.indicator = ${node.code}`.execute(db)
  return rows.map((row) => linkOf(node, node.year - 1, row, 'back'))
}

/** The number under which a document goes on, or had before; `table` is its type. */
export async function documentLinks(db: Kysely<Database>, node: LinkNode, direction: Link['direction']): Promise<Link[]> {
  const year = direction === 'forward' ? node.year : node.year - 1
  const { rows } = await sql<Row>`
    with carry as (${counted(node, year)})
    select d.number as old, d.new_number as new, 'carried' as how, d.amount::text as amount from carry join carried_documents d using (run_id)
    where d.type = ${node.table} and ${direction === 'forward' ? sql`d.number` : sql`d.new_number`} = ${node.code}`.execute(db)
  return rows.map((row) => linkOf(node, year, row, direction))
}
