/** From hits to findings and figures. */
import { type Transaction, sql } from 'kysely'
import type { CompiledRule } from '../../../config/asset-rules.ts'
import type { Severity } from '../../../domain/findings.ts'
import type { Database } from '../../tables.ts'
import { bitOf, maskColumn } from './scan.ts'
import type { CardSource, Family } from './source.ts'

/** How many cards of one number a finding quotes; the lines of the others are in its facts. */
const QUOTED_CARDS_MAX = 5
const LISTED_LINES_MAX = 50

const KEY = `(case when btrim(a.asset_no) <> '' then a.asset_no else 'line:' || a.file_line end)`

/** Cards whose key may belong to another card too: their findings are gathered by key. */
const SHARED = `(coalesce(btrim(a.asset_no), '') = '' or a.asset_no ^@ 'line:' or a.asset_no in (select asset_no from asset_twins))`

/** From so many rows on the planner is told how many there are; up to here it may look the cards up one by one. */
const MANY_HITS = 50_000

/**
 * Makes `asset_shown`: the cards with a finding, each once, with the masks of all hits and whether they are `shared`. What
 * is written of them, and their health, needs no other reading of the cards.
 */
export async function showCards(trx: Transaction<Database>, { scopeId }: CardSource, families: readonly Family[]): Promise<void> {
  const masks = families.map(maskColumn)
  const hit = masks.map((mask) => `${mask} <> 0`).join(' or ') || 'false'
  const { rows } = await sql.raw<{ many: boolean }>(
    `select count(*) > ${MANY_HITS} as many from asset_hits where ${hit}`,
  ).execute(trx)
  if (rows[0]!.many) await sql.raw(`analyze asset_hits (row_id, ${masks.join(', ')})`).execute(trx)
  await sql.raw('drop table if exists pg_temp.asset_shown').execute(trx)
  await sql.raw(`create temporary table asset_shown on commit drop as
    select a.*, ${masks.map((mask) => `h.${mask}`).join(', ')}, ${SHARED} as shared
    from (select row_id, ${masks.map((mask) => `coalesce(bit_or(${mask}), 0) as ${mask}`).join(', ')} from asset_hits where ${hit} group by row_id) h
    join assets a on a.scope_id = ${scopeId} and a.row_id = h.row_id`).execute(trx)
}

/**
 * Puts the family's findings into `found`, one for each rule and key.
 * Reads the cards of {@link showCards}. Cards that share a number share the finding: it quotes the first of them and its facts
 * list the lines.
 */
export async function writeFindings(trx: Transaction<Database>, source: CardSource, family: Family): Promise<void> {
  if (family.rules.length === 0) return
  const rows = rowsSql(source, family)
  await sql.raw(`insert into found (step, rule, key, severity, message_zh, message_en, facts)
    select 'asset-health', rule, key, severity, zh, en, facts from (${rows} and not a.shared) rows`).execute(trx)
  await sql.raw(`insert into found (step, rule, key, severity, message_zh, message_en, facts)
    select 'asset-health', rule, key, min(severity),
      string_agg(zh, ' ' order by place) filter (where place = 1 or (place <= ${QUOTED_CARDS_MAX} and not once))
        || case when count(*) > 1 then '（涉及 ' || count(*) || ' 张卡片，第 ' || string_agg(line::text, '、' order by place) filter (where place <= ${LISTED_LINES_MAX}) || ' 行）' else '' end,
      string_agg(en, ' ' order by place) filter (where place = 1 or (place <= ${QUOTED_CARDS_MAX} and not once))
        || case when count(*) > 1 then ' (' || count(*) || ' cards, lines ' || string_agg(line::text, ', ' order by place) filter (where place <= ${LISTED_LINES_MAX}) || ')' else '' end,
      (array_agg(facts order by place))[1] || case when count(*) > 1
        then jsonb_build_object('cards', count(*), 'lines', jsonb_agg(line order by place) filter (where place <= ${LISTED_LINES_MAX}))
          || case when bool_or(facts ? 'fixes') then jsonb_build_object('fixes',
            jsonb_path_query_array(jsonb_agg(facts -> 'fixes' order by place) filter (where facts ? 'fixes' and place <= ${LISTED_LINES_MAX}), '$[*][*]')) else '{}' end
        else '{}' end
    from (select rows.*, row_number() over (partition by rule, key order by line) as place from (${rows} and a.shared) rows) rows
    group by rule, key`).execute(trx)
}

/** One row for each rule and card of the family: `(rule, key, severity, once, line, zh, en, facts)`, open for another `and`. */
function rowsSql(source: CardSource, family: Family): string {
  const values = family.rules.map(
    (rule, index) => `(${index}, '${rule.id}', '${rule.severity}', ${bitOf(family, rule)}, ${rule.once})`,
  ).join(', ')
  const pick = (give: (rule: CompiledRule) => string) =>
    `case r.place ${family.rules.map((rule, index) => `when ${index} then ${give(rule)}`).join(' ')} end`
  const fixes = family.rules.some((rule) => rule.fixes.length > 0) ? ` || ${pick(fixesSql)}` : ''
  const from = source.from({ withUnits: family.rules.some(({ readsUnits }) => readsUnits), table: 'asset_shown' })
  return `select r.rule, ${KEY} as key, r.severity, r.once, a.file_line as line,
      ${pick(({ message }) => message.zh)} as zh, ${pick(({ message }) => message.en)} as en,
      jsonb_build_object('unit', a.unit, 'line', a.file_line)${fixes} as facts
    from (values ${values}) r (place, rule, severity, bit, once) cross join ${from} and a.${maskColumn(family)} <> 0 and a.${maskColumn(family)} & r.bit <> 0`
}

/** SQL of `{fixes: [{line, field, is, suggested}]}`, or of nothing where the data allow no one answer. */
function fixesSql({ fixes }: CompiledRule): string {
  if (fixes.length === 0) return `'{}'::jsonb`
  const each = fixes.map(({ field, is, value }) =>
    `case when (${value}) is not null then jsonb_build_object('line', a.file_line, 'field', '${field}', 'is', ${is}, 'suggested', ${value}) end`)
  const list = `to_jsonb(array_remove(array[${each.join(', ')}], null))`
  return `case when coalesce(${fixes.map(({ value }) => `(${value})`).join(', ')}) is null then '{}'::jsonb else jsonb_build_object('fixes', ${list}) end`
}

/** Cards of the scope, those without an error (`sound`) and those without error and warning (`clean`). */
export interface Health { cards: number; sound: number; clean: number }

/** Stands for all families, and for all units. */
export const ALL = '*'

/**
 * The health of the scope, of each family, and of the units that are worst, at most `unitsMax` of them. Makes `asset_marks
 * (unit, family, broken, unclean)`, a row for each card with a finding and family, and for the card as a whole.
 */
export async function measureHealth(
  trx: Transaction<Database>, scopeId: number, families: readonly Family[], unitsMax: number,
): Promise<{ all: Health; families: Record<string, Health>; units: Record<string, Health> }> {
  const broken = (of: readonly Family[], severities: readonly Severity[]) =>
    `(${of.map((family) => `${maskColumn(family)} & ${maskOf(family, severities)} <> 0`).join(' or ')})`
  const marks = [
    ...families.map((family) => ({ name: family.letter, of: [family] })), { name: ALL, of: families },
  ].map(({ name, of }) =>
    `select coalesce(unit, '') as unit, '${name}' as family, ${broken(of, ['error'])} as broken, ${broken(of, ['error', 'warning'])} as unclean
      from asset_shown where ${of.map((family) => `${maskColumn(family)} <> 0`).join(' or ')}`)
  await sql.raw('drop table if exists pg_temp.asset_marks').execute(trx)
  await sql.raw(`create temporary table asset_marks on commit drop as ${marks.join(' union all ')}`).execute(trx)
  const marked = await sql<{ family: string; broken: number; unclean: number }>`
    select family, count(*) filter (where broken)::int as broken, count(*) filter (where unclean)::int as unclean from asset_marks group by family`.execute(trx)
  const units = await measureUnits(trx, scopeId)
  const cards = units.reduce((sum, unit) => sum + unit.cards, 0)
  const health = (of: string): Health => {
    const row = marked.rows.find(({ family }) => family === of)
    return { cards, sound: cards - (row?.broken ?? 0), clean: cards - (row?.unclean ?? 0) }
  }
  return {
    all: health(ALL),
    families: Object.fromEntries(families.map(({ letter }) => [letter, health(letter)])),
    units: Object.fromEntries(units.slice(0, unitsMax).map(({ unit, ...figures }) => [unit, figures])),
  }
}

/** Every unit with cards, the worst first. Makes `asset_totals (unit, cards)`. */
async function measureUnits(trx: Transaction<Database>, scopeId: number): Promise<({ unit: string } & Health)[]> {
  await sql`drop table if exists pg_temp.asset_totals`.execute(trx)
  await sql.raw(`create temporary table asset_totals on commit drop as
    select coalesce(unit, '') as unit, count(*)::int as cards from assets where scope_id = ${scopeId} group by 1`).execute(trx)
  const { rows } = await sql<{ unit: string } & Health>`
    with marked as (
      select unit, count(*) filter (where broken) as broken, count(*) filter (where unclean) as unclean from asset_marks where family = ${ALL} group by 1)
    select t.unit, t.cards::int as cards, (t.cards - coalesce(m.broken, 0))::int as sound, (t.cards - coalesce(m.unclean, 0))::int as clean
    from asset_totals t left join marked m using (unit) order by coalesce(m.unclean, 0)::numeric / t.cards desc, t.cards desc, t.unit collate "C"`.execute(trx)
  return rows
}

function maskOf(family: Family, severities: readonly Severity[]): string {
  const bits = family.rules.map((rule, index) => (severities.includes(rule.severity) ? 1n << BigInt(index) : 0n))
  return `${bits.reduce((mask, bit) => mask | bit, 0n)}::bigint`
}
