/** This year's cards against last year's (F12). Only where the year before was imported with cards. */
import { type Transaction, sql } from 'kysely'
import { cardWords } from '../../../config/asset-messages.ts'
import { type CompiledLastYear, compileLastYear } from '../../../config/asset-extra-rules.ts'
import type { StepContext } from '../../../activities/step.ts'
import { findScope } from '../../runs.ts'
import type { Database } from '../../tables.ts'
import type { CardSource } from './source.ts'

/** Adds to `found`; the key is the asset number. Gives how many cards last year had; null without them. */
export async function checkLastYear(
  trx: Transaction<Database>, { district, year, scopeId, config }: StepContext, source: CardSource,
): Promise<{ cards: number } | null> {
  const rules = compileLastYear(config['asset-health'], district, year, cardWords(config.input))
  const before = rules.length === 0 ? null : await findScope(trx, district, year - 1)
  if (before === null) return null
  const { rows: [last] } = await sql<{ cards: number }>`select count(*)::int as cards from assets where scope_id = ${before}`.execute(trx)
  if (last!.cards === 0) return null
  await sql.raw('drop table if exists pg_temp.asset_known').execute(trx)
  // A number that was corrected is still known by what it was: the card has not gone.
  await sql`create temporary table asset_known on commit drop as
    select asset_no as number from assets where scope_id = ${scopeId} and btrim(asset_no) <> ''
    union select imported ->> 'asset_no' from asset_cards where scope_id = ${scopeId} and row_id is not null and btrim(imported ->> 'asset_no') <> ''`.execute(trx)
  await sql.raw('drop table if exists pg_temp.asset_last_twins').execute(trx)
  await sql`create temporary table asset_last_twins on commit drop as
    select asset_no from assets where scope_id = ${before} and asset_no is not null group by 1 having count(*) > 1`.execute(trx)
  for (const rule of rules) await sql.raw(findSql(rule, scopeId, before, source)).execute(trx)
  return last!
}

function findSql(rule: CompiledLastYear, scopeId: number, before: number, source: CardSource): string {
  const into = (from: string) => `insert into found (step, rule, key, severity, message_zh, message_en, facts)
    select distinct on (a.asset_no) 'asset-health', '${rule.id}', a.asset_no, '${rule.severity}', ${rule.message.zh}, ${rule.message.en},
      jsonb_build_object('unit', a.unit, ${rule.find === 'gone' ? `'last_year_line', a.file_line` : `'line', a.file_line`}, 'find', '${rule.find}') from ${from} and (${rule.where})
    order by a.asset_no, a.file_line on conflict (rule, key) do nothing`
  switch (rule.find) {
    case 'gone': return into(`assets a left join asset_classes k on k.class_code = coalesce(a.class_code, '')
      where a.scope_id = ${before} and btrim(a.asset_no) <> '' and not exists (select from asset_known n where n.number = a.asset_no)`)
    case 'appeared': return into(`${source.from({ withUnits: false })} and btrim(a.asset_no) <> ''
      and not exists (select from assets p where p.scope_id = ${before} and p.asset_no = a.asset_no)
      and not exists (select from asset_cards c join assets p on p.scope_id = ${before} and p.asset_no = c.imported ->> 'asset_no' where c.scope_id = ${scopeId} and c.row_id = a.row_id)`)
    // A number that stands on several cards is a matter of N02: none of them can be followed.
    case 'changed': return into(`${source.from({ withUnits: false, join: `join assets p on p.scope_id = ${before} and p.asset_no = a.asset_no` })}
      and ${rule.differs} and not exists (select from asset_twins t where t.asset_no = a.asset_no) and not exists (select from asset_last_twins t where t.asset_no = a.asset_no)`)
    default: return rule.find satisfies never
  }
}
