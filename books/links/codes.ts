/** Links of codes: mappings.csv of each closing year, and the codes that simply go on. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../tables.ts'
import type { Link, LinkEnd, LinkHow, LinkNode } from './types.ts'

interface Edge {
  district: string; year: number; old: string; new: string; share: string; olds: number; news: number; old_name: string | null
  new_name: string | null
}

/** `government-unit:1218` is the account 1218 of one system; a code without a system stands for every system. */
const sameCode = (column: string, code: string): RawBuilder<unknown> => sql`(
  case when m.table_name <> 'account' then ${sql.raw(column)} = ${code}
    else split_part(reverse(${sql.raw(column)}), ':', 1) = split_part(reverse(${code}::text), ':', 1)
      and (position(':' in ${sql.raw(column)}) = 0 or position(':' in ${code}::text) = 0 or ${sql.raw(column)} = ${code}) end)`

const nameOf = (code: string) =>
  sql.raw(
    `(select min(i.name) from setup_items i where i.scope_id = m.scope_id and i.table_name = m.table_name and i.code = ${code})`,
  )

async function edges(
  db: Kysely<Database>, { district, table }: LinkNode, closingYear: number, side: 'm.old' | 'm.new', code: string,
): Promise<Edge[]> {
  const { rows } = await sql<Edge>`
    select s.district, s.year, m.old, m.new, trim_scale(m.share)::text as share, ${nameOf('m.old')} as old_name, ${nameOf('m.new')} as new_name,
      (select count(distinct o.old)::int from mappings o where o.scope_id = m.scope_id and o.table_name = m.table_name and o.new = m.new) as olds,
      (select count(distinct o.new)::int from mappings o where o.scope_id = m.scope_id and o.table_name = m.table_name and o.old = m.old) as news
    from scopes s join mappings m using (scope_id)
    where s.district = ${district} and s.year = ${closingYear} and m.table_name = ${table} and ${sameCode(side, code)}
    order by m.old collate "C", m.new collate "C"`.execute(db)
  return rows
}

interface Listed { active: boolean; name: string | null }

/** A code that mappings lead to and the closing year itself never used is new in the next year. */
const isNew = (table: string, code: string): RawBuilder<unknown> => (table === 'account' ? sql`false` : sql`(
  exists (select from mappings t where t.scope_id = m.scope_id and t.table_name = ${table} and t.new = ${code})
  and not exists (select from cells c where c.scope_id = m.scope_id and ${sql.ref(`c.${table}`)} = ${code})
  ${table === 'revenue' ? sql`` : sql`and not exists (select from indicators i where i.scope_id = m.scope_id and ${sql.ref(`i.${table}`)} = ${code})`}
  ${table === 'unit' ? sql`and not exists (select from units u where u.scope_id = m.scope_id and u.unit = ${code})` : sql``})`)

/** How a closing year lists a code that it does not map; undefined when it never names it, or the year was not imported. */
async function listed(
  db: Kysely<Database>, { district, table, code }: LinkNode, closingYear: number,
): Promise<Listed | undefined> {
  const { rows } = await sql<{ active: boolean; name: string | null }>`
    select bool_or(active) as active, min(name) as name from (
      select m.active, m.name from scopes s join setup_items m using (scope_id)
        where s.district = ${district} and s.year = ${closingYear} and m.table_name = ${table} and ${sameCode('m.code', code)} and not ${isNew(table, code)}
      union all select u.active, u.name from scopes s join units u using (scope_id)
        where s.district = ${district} and s.year = ${closingYear} and ${table} = 'unit' and u.unit = ${code}
          and not exists (select from setup_items i where i.scope_id = u.scope_id and i.table_name = 'unit' and i.code = u.unit)
      union all select true, min(a.name) from scopes s join accounts a using (scope_id) join books b using (scope_id, book_id)
        where s.district = ${district} and s.year = ${closingYear} and ${table} = 'account' and a.account = split_part(reverse(split_part(reverse(${code}::text), ':', 1)), ':', 1)
          and (position(':' in ${code}::text) = 0 or b.system = split_part(${code}::text, ':', 1)) having count(*) > 0) named
    having count(*) > 0`.execute(db)
  return rows[0]
}

const howOf = (edge: Edge): LinkHow => (edge.news > 1 ? 'split' : edge.olds > 1 ? 'merged' : 'mapped')
const end = (year: number, code: string, name: string | null): LinkEnd => ({ year, code, name })
const linkOf = (node: LinkNode, edge: Edge, direction: Link['direction']): Link => ({
  district: node.district, kind: 'code', table: node.table, from: end(edge.year, edge.old, edge.old_name),
  to: end(edge.year + 1, edge.new, edge.new_name),
  how: howOf(edge), share: edge.share, amount: null, direction,
})

/** What becomes of a code in the next year. */
export async function codesForward(db: Kysely<Database>, node: LinkNode): Promise<Link[]> {
  const mapped = await edges(db, node, node.year, 'm.old', node.code)
  if (mapped.length > 0) return mapped.map((edge) => linkOf(node, edge, 'forward'))
  const own = await listed(db, node, node.year)
  if (!own) return []
  const base = {
    district: node.district, kind: 'code' as const, table: node.table, from: end(node.year, node.code, own.name), amount: null,
    direction: 'forward' as const,
  }
  return [own.active ? { ...base, to: end(node.year + 1, node.code, own.name), how: 'same', share: '1' } : {
    ...base, to: null, how: 'dropped', share: null,
  }]
}

/** What a code was in the year before: the codes that went to it, and itself when it went on. */
export async function codesBack(db: Kysely<Database>, node: LinkNode): Promise<Link[]> {
  const mapped = (await edges(db, node, node.year - 1, 'm.new', node.code)).map((edge) => linkOf(node, edge, 'back'))
  const away = await edges(db, node, node.year - 1, 'm.old', node.code)
  const own = away.length === 0 ? await listed(db, node, node.year - 1) : undefined
  if (!own?.active) return mapped
  return [...mapped, {
    district: node.district, kind: 'code', table: node.table, from: end(node.year - 1, node.code, own.name),
    to: end(node.year, node.code, own.name), how: 'same', share: '1', amount: null, direction: 'back',
  }]
}
