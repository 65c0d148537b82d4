/** Follows a code, an indicator or a document through the years, in both directions. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../tables.ts'
import { documentLinks, indicatorBack, indicatorForward } from './carried.ts'
import { codesBack, codesForward } from './codes.ts'
import type { Link, LinkNode } from './types.ts'

export interface LinkQuery {
  code: string
  districts?: readonly string[]
  /** A setup table, `indicator`, or a type of documents. */
  table?: string
  /** Begin in this year only: the year in which the code stands. */
  year?: number
  /** Indicators and documents as the latest rehearsal carried them, instead of the real year-end. */
  rehearsal?: boolean
}

/** What was found: where the code stands, and every link from there. Both empty when no year knows the code. */
export async function followLinks(db: Kysely<Database>, query: LinkQuery): Promise<{ starts: LinkNode[]; links: Link[] }> {
  const starts = await findStarts(db, query)
  const links = new Map<string, Link>()
  for (const direction of ['forward', 'back'] as const) {
    const seen = new Set<string>()
    let frontier = starts
    while (frontier.length > 0) {
      const next: LinkNode[] = []
      for (const node of frontier.filter((one) => !seen.has(keyOf(one)))) {
        seen.add(keyOf(node))
        for (const link of await step(db, node, direction)) {
          if (!links.has(linkKey(link))) links.set(linkKey(link), link)
          const end = direction === 'forward' ? link.to : link.from
          if (end) next.push({ ...node, year: end.year, code: end.code })
        }
      }
      frontier = next
    }
  }
  return { starts, links: [...links.values()].sort(inOrder) }
}

const keyOf = ({ district, year, kind, table, code }: LinkNode): string => [district, year, kind, table, code].join('\u001f')
const linkKey = ({ district, table, from, to }: Link): string =>
  [district, table, from.year, from.code, to?.code ?? ''].join('\u001f')

function step(db: Kysely<Database>, node: LinkNode, direction: Link['direction']): Promise<Link[]> {
  switch (node.kind) {
    case 'code': return direction === 'forward' ? codesForward(db, node) : codesBack(db, node)
    case 'indicator': return direction === 'forward' ? indicatorForward(db, node) : indicatorBack(db, node)
    case 'document': return documentLinks(db, node, direction)
    default: return node.kind satisfies never
  }
}

const compare = (one: string | number, other: string | number) => (one < other ? -1 : one > other ? 1 : 0)
function inOrder(one: Link, other: Link): number {
  return compare(one.district, other.district) || compare(one.table, other.table) || compare(one.from.year, other.from.year)
    || compare(one.from.code, other.from.code) || compare(one.to?.code ?? '', other.to?.code ?? '')
}

/**
 * Every place where a year knows the code: as old or new code of mappings, in setup tables, units and charts, as indicator
 * or document of that year, or under the number that the closing gave it in the next one.
 */
async function findStarts(
  db: Kysely<Database>, { code, districts, table, year, rehearsal = false }: LinkQuery,
): Promise<LinkNode[]> {
  const { rows } = await sql<LinkNode>`
    select distinct district, (year + later) as year, kind, table_name as table, code, ${rehearsal}::boolean as rehearsal from (
      select scope_id, 0 as later, 'code' as kind, table_name, old as code from mappings where old = ${code} or (table_name = 'account' and old like '%:' || ${code})
      union all select scope_id, 1, 'code', table_name, new from mappings where new = ${code} or (table_name = 'account' and new like '%:' || ${code})
      union all select scope_id, 0, 'code', table_name, code from setup_items
        where (code = ${code} or (table_name = 'account' and code like '%:' || ${code})) and table_name in ('account', 'unit', 'function', 'revenue', 'economic', 'project', 'fund')
      union all select scope_id, 0, 'code', 'unit', unit from units where unit = ${code}
      union all select scope_id, 0, 'code', 'account', b.system || ':' || account from accounts join books b using (scope_id, book_id)
        where account = ${code} or (position(':' in ${code}) > 0 and b.system || ':' || account = ${code})
      union all select scope_id, 0, 'indicator', 'indicator', indicator from indicators where indicator = ${code}
      union all select c.scope_id, 1, 'indicator', 'indicator', n.indicator from new_indicators n join carry_forwards c using (carry_id)
        where n.indicator = ${code} and c.rehearsal = ${rehearsal} and c.state in ('live', 'planned')
      union all select scope_id, 0, 'document', type, number from documents where number = ${code}
      union all select r.scope_id, 0, 'document', d.type, d.number from carried_documents d join runs r using (run_id)
        where d.number = ${code} and r.kind = ${rehearsal ? 'rehearsal' : 'real'}
      union all select r.scope_id, 1, 'document', d.type, d.new_number from carried_documents d join runs r using (run_id) where d.new_number = ${code} and r.kind = ${rehearsal ? 'rehearsal' : 'real'}) found
    join scopes using (scope_id)
    where (${districts ? [...districts] : null}::text[] is null or district = any(${districts ? [...districts] : null}::text[]))
      and (${table ?? null}::text is null or table_name = ${table ?? null}) and (${year ?? null}::int is null or year + later = ${year ?? null}::int)
    order by district, "table", year, code`.execute(db)
  return rows
}
