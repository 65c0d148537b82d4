/** Reconciliations that compare sums by key: exact, both ways, one-sided keys included. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { KeyedReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'
import { yuanText } from '../../yuan.ts'
import { NOTHING, type ReconciliationFigures, figuresOf, foundMissing, headingFacts } from './figures.ts'
import { type Fragment, keyColumn, sideRows, statementFilter } from './sides.ts'
import { suggestKinds } from './suggest.ts'

/**
 * Compares the sides by key: every key whose sums differ is one finding, amount A − B, a missing side counting as 0.
 * With `once`, a key that stands twice on side B is a finding even if the sums agree.
 */
export async function reconcileKeyed(
  trx: Transaction<Database>, context: StepContext, number: string, reconciliation: KeyedReconciliation,
): Promise<ReconciliationFigures> {
  const { a, b } = reconciliation
  if ((a.of === 'ledger' && a.scope === 'league') || (b.of === 'ledger' && b.scope === 'league')) {
    if (context.district === context.league.district) return figuresOf('own-league', NOTHING)
    if (context.league.scopeId === null) return foundNoLeague(trx, number, reconciliation)
  }
  const sides = { a: sideRows(number, a, context), b: sideRows(number, b, context) }
  if (b.of === 'statement' && !(await hasStatement(trx, context, number, b.party))) {
    return reconcileWithoutStatement(trx, number, reconciliation, sides.a)
  }
  const sums = await compare(trx, sides, reconciliation)
  if (sums.unequal > 0) {
    await suggestKinds(trx, context, number, reconciliation)
    await foundDifferences(trx, number, reconciliation)
  }
  return figuresOf(sums.keys === 0 ? 'skipped' : 'compared', sums)
}

async function hasStatement(
  trx: Transaction<Database>, context: StepContext, number: string, party: string | undefined,
): Promise<boolean> {
  const { rows } = await sql<{ present: boolean }>`
    select exists (select from statements s where ${statementFilter(number, party, context)}) as present`.execute(trx)
  return rows[0]!.present
}

/** Nothing on side A either: left out. Something, and no statement at all: one finding. */
async function reconcileWithoutStatement(
  trx: Transaction<Database>, number: string, reconciliation: KeyedReconciliation, a: Fragment,
): Promise<ReconciliationFigures> {
  if (reconciliation.missing === 'skip') return figuresOf('skipped', NOTHING)
  const { rows } = await sql<{ total: bigint; something: boolean }>`
    select coalesce(sum(amount), 0)::bigint as total, coalesce(bool_or(amount <> 0), false) as something
    from (select ${columns(reconciliation)}, sum(amount) as amount
      from (${a}) a group by ${columns(reconciliation)}) a`.execute(trx)
  const { total, something } = rows[0]!
  if (!something) return figuresOf('skipped', NOTHING)
  await foundMissing(trx, number, reconciliation, total)
  return figuresOf('missing', { ...NOTHING, a: total, unequal: 1 })
}

/**
 * Makes the temporary table `unequal_keys` and counts everything that was compared. One aggregate over both sides, where
 * a join would need each side grouped first; the few that differ leave it as arrays, so that a million keys are never
 * written down. Parts that hold slashes may give two keys one text: then both stand in one finding.
 */
async function compare(
  trx: Transaction<Database>, sides: { a: Fragment; b: Fragment }, reconciliation: KeyedReconciliation,
): Promise<{ a: bigint; b: bigint; keys: number; unequal: number }> {
  const keys = columns(reconciliation)
  const key = sql.join(reconciliation.a.key.map((_, index) => sql.ref(keyColumn(index))), sql` || '/' || `)
  const last = sql.ref(keyColumn(reconciliation.a.key.length - 1))
  const differs = sql`coalesce(a, 0) <> coalesce(b, 0) or (${reconciliation.once}::boolean and b_rows > 1 and ${last} <> '')`
  await sql`drop table if exists unequal_keys`.execute(trx)
  await sql`create temporary table unequal_keys on commit drop as
    with pairs as (
      select ${keys}, sum(a) as a, sum(b) as b, count(a) as a_rows, count(b) as b_rows
      from (select ${keys}, amount as a, null::bigint as b from (${sides.a}) a union all select ${keys}, null, amount
        from (${sides.b}) b) both_sides
      group by ${keys}),
    compared as (
      select count(*) as keys, coalesce(sum(a), 0)::bigint as total_a, coalesce(sum(b), 0)::bigint as total_b,
        array_agg(${key}) filter (where ${differs}) as key, array_agg(a::bigint) filter (where ${differs}) as a, array_agg(b::bigint) filter (where ${differs}) as b,
        array_agg(a_rows::int) filter (where ${differs}) as a_rows, array_agg(b_rows::int) filter (where ${differs}) as b_rows
      from pairs)
    select d.key, sum(d.a)::bigint as a, sum(d.b)::bigint as b, sum(d.a_rows)::int as a_rows, sum(d.b_rows)::int as b_rows,
      null::text as kind, null::jsonb as more, null::bigint as keys, null::bigint as total_a, null::bigint as total_b
    from compared c, unnest(c.key, c.a, c.b, c.a_rows, c.b_rows) d(key, a, b, a_rows, b_rows) group by d.key
    union all
    select null, null, null, null, null, null, null, keys, total_a, total_b from compared`.execute(trx)
  const { rows } = await sql<{ a: bigint; b: bigint; keys: number; unequal: number }>`
    select max(total_a) as a, max(total_b) as b, max(keys)::int as keys, count(key)::int as unequal
      from unequal_keys`.execute(trx)
  await sql`delete from unequal_keys where key is null`.execute(trx)
  return rows[0]!
}

const columns = (reconciliation: KeyedReconciliation): Fragment =>
  sql.join(reconciliation.a.key.map((_, index) => sql.ref(keyColumn(index))))

async function foundDifferences(trx: Transaction<Database>, number: string, reconciliation: KeyedReconciliation): Promise<void> {
  const { name, a, b } = reconciliation
  const names = a.key.map((part) => (typeof part === 'string' ? part : 'name'))
  const [yuanA, yuanB, difference] = [
    yuanText(sql`coalesce(a, 0)`), yuanText(sql`coalesce(b, 0)`), yuanText(sql`coalesce(a, 0) - coalesce(b, 0)`),
  ]
  const absent = { zh: sql`case when a is null then '（无）' else '' end`, en: sql`case when a is null then ' (none)'
    else '' end` }
  const absentB = { zh: sql`case when b is null then '（无）' else '' end`, en: sql`case when b is null then ' (none)'
    else '' end` }
  await sql`
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select 'reconcile', ${number}::text, key, 'error', coalesce(a, 0) - coalesce(b, 0),
      ${`${number} ${name.zh} `}::text || key || '：' || ${a.name.zh}::text || ' ' || ${yuanA} || ${absent.zh} || '，'
        || ${b.name.zh}::text || ' ' || ${yuanB} || ${absentB.zh}
        || '，相差 ' || ${difference} || ' 元' || coalesce('，' || (more->'hint'->>'zh'), '') || '。请查明原因，更正后重新对账，或书面说明。',
      ${`${number} ${name.en} `}::text || key || ': ' || ${a.name.en}::text || ' ' || ${yuanA} || ${absent.en} || ', '
        || ${b.name.en}::text || ' ' || ${yuanB} || ${absentB.en}
        || ', difference ' || ${difference} || ' yuan' || coalesce('; ' || (more->'hint'->>'en'), '')
          || '. Find the cause, correct the input and check again, or explain it in writing.',
      ${headingFacts(reconciliation)} || jsonb_build_object(
        'kind', kind, 'a', jsonb_build_object('amount', ${yuanA}, 'rows', coalesce(a_rows, 0)),
        'b', jsonb_build_object('amount', ${yuanB}, 'rows', coalesce(b_rows, 0)))
        || case when cardinality(string_to_array(key, '/')) = ${names.length}::int
          then jsonb_build_object('parts', jsonb_object(${names}::text[], string_to_array(key, '/'))) else '{}'::jsonb end
        || coalesce(more - 'hint', '{}'::jsonb)
    from unequal_keys`.execute(trx)
}

/** R17 without the league in the run: said, and nothing more. */
async function foundNoLeague(
  trx: Transaction<Database>, number: string, reconciliation: KeyedReconciliation,
): Promise<ReconciliationFigures> {
  const { name } = reconciliation
  const zh = `${number} ${name.zh}：盟本级不在本次年结中，未核对。盟本级参加后重新对账。`
  const en = `${number} ${name.en}: the league takes no part in this year-end, so nothing was compared. Check again once it does.`
  await sql`insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    values ('reconcile', ${number}, ${`${number}/missing`}, 'info', null, ${zh}, ${en}, ${headingFacts(reconciliation)}
      || '{"kind":"missing"}')`.execute(trx)
  return figuresOf('no-league', NOTHING)
}
