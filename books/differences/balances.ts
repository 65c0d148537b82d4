/**
 * Adjusted balances 余额调节表 (DOMAIN §6): what is explained as in transit is added to, or taken from, the balance of the
 * side that does not have it yet; then both sides must tie. One statement computes them all, for screens and evidence alike.
 */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { DifferencesConfig } from '../../config/schemas/differences.ts'
import type { ReconciliationsConfig } from '../../config/schemas/reconciliations.ts'
import type { Plain } from '../../domain/canonical.ts'
import { formatYuan } from '../../domain/money.ts'
import { liveResults } from '../evidence.ts'
import type { Fragment } from '../steps/reconcile/sides.ts'
import type { Database } from '../tables.ts'

type Rules = ReconciliationsConfig['reconciliations']
/** The pinned configuration of the run, as far as it is looked at. */
export interface Declared { differences: DifferencesConfig; reconciliations: ReconciliationsConfig }

/** After a check was merged: the opening balances as they are now, and the step's figures with the adjusted balances. */
export async function adjustFigures(
  trx: Transaction<Database>, context: StepContext, figures: { readonly [name: string]: Plain },
): Promise<{ [name: string]: Plain }> {
  await recordOpenings(trx, context)
  return withAdjusted(trx, context.runId, context.config, figures)
}

/** Opening balances of the accounts of each line-by-line reconciliation, by party; '' is all of them. */
async function recordOpenings(trx: Transaction<Database>, { runId, scopeId, config }: StepContext): Promise<void> {
  await sql`delete from statement_openings where run_id = ${runId}`.execute(trx)
  for (const [number, one] of Object.entries(config.reconciliations.reconciliations)) {
    if (one.method !== 'lines') continue
    await sql`
      insert into statement_openings (run_id, reconciliation, party, opening)
      select ${runId}::int, ${number}::text, coalesce(c.counterparty, ''), coalesce(sum(t.opening), 0)::bigint
      from cells c join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
        join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
        join books b on b.scope_id = c.scope_id and b.book_id = c.book_id and b.system = ${one.a.system}
      where c.scope_id = ${scopeId} and (${sql.join(one.a.accounts.map((code) => sql`starts_with(a.account, ${code})`), sql` or `)})
      group by grouping sets ((c.counterparty), ()) having coalesce(c.counterparty, '') <> '' or grouping(c.counterparty) = 1`.execute(trx)
  }
}

/** Reconciliations whose sides are balances or totals; debit against credit and vouchers have none. */
const withBalances = (rules: Rules): string[] =>
  Object.entries(rules).flatMap(([number, { method }]) => (method === 'keyed' || method === 'lines' ? [number] : []))

const transitKinds = ({ kinds }: DifferencesConfig): string[] => kinds.flatMap(({ kind, transit }) => (transit ? [kind] : []))

/**
 * Differences of a run as items: `(finding_id, rule, key, party, amount, transit, to_a, to_b)`. In transit is what is
 * explained as such; an explanation that names no kind takes the suggested one. A one-sided item goes to the other side;
 * of two unequal sides the smaller one gets the rest.
 */
export function itemsOf(runId: number, differences: DifferencesConfig): Fragment {
  const fen = (side: string) => sql`coalesce(round((f.facts->${sql.lit(side)}->>'amount')::numeric * 100), 0)::bigint`
  return sql`
    select i.*, case when transit and not on_b then -amount else 0 end as to_a, case when transit and on_b then amount else 0 end as to_b
    from (
      select f.finding_id, f.rule, f.key, coalesce(f.facts->>'party', '') as party, coalesce(f.amount, 0) as amount,
        f.status = 'explained' and coalesce(w.difference_kind, f.facts->>'kind') = any(${transitKinds(differences)}::text[]) as transit,
        case when coalesce((f.facts->'b'->>'rows')::int, 1) = 0 then true when coalesce((f.facts->'a'->>'rows')::int, 1) = 0 then false
          else abs(${fen('a')}) >= abs(${fen('b')}) end as on_b
      from findings f left join finding_decisions w on w.decision_id = f.decision_id and w.finding_id = f.finding_id
      where f.run_id = ${runId} and f.step = 'reconcile' and f.severity <> 'info' and f.closed_by is distinct from 'recheck') i`
}

/**
 * Amounts in fen. `items` in transit, `open` other differences that keep the sides apart; `unplaced` what no difference of
 * the party accounts for.
 */
export interface AdjustedBalance {
  reconciliation: string; party: string; opening: bigint; a: bigint; b: bigint; adjustedA: bigint; adjustedB: bigint
  items: number; open: number; unplaced: bigint
}

/** The adjusted balances of a run: the whole (party '') and each party of every reconciliation that compared something. */
export async function adjustedBalances(
  db: Kysely<Database>, runId: number, config: Declared, onlyUnequal = false,
): Promise<AdjustedBalance[]> {
  const { rows } = await sql<AdjustedBalance>`
    with items as (${itemsOf(runId, config.differences)}),
    sums as (
      select rule, party, sum(amount) as amount, sum(to_a) as to_a, sum(to_b) as to_b, count(*) filter (where transit) as items, count(*) filter (where not transit) as open
      from (select * from items where party <> '' union all select finding_id, rule, key, '', amount, transit, on_b, to_a, to_b from items) every group by rule, party)
    select r.reconciliation, r.party, coalesce(o.opening, 0)::bigint as opening, r.a, r.b,
      (coalesce(o.opening, 0) + r.a + coalesce(s.to_a, 0))::bigint as "adjustedA", (coalesce(o.opening, 0) + r.b + coalesce(s.to_b, 0))::bigint as "adjustedB",
      coalesce(s.items, 0)::int as items, coalesce(s.open, 0)::int as open, (r.a - r.b - coalesce(s.amount, 0))::bigint as unplaced
    from reconciliation_balances r left join sums s on s.rule = r.reconciliation and s.party = r.party
      left join statement_openings o on o.run_id = r.run_id and o.reconciliation = r.reconciliation and o.party = r.party
    where r.run_id = ${runId} and r.reconciliation = any(${withBalances(config.reconciliations.reconciliations)}::text[])
      and (${!onlyUnequal} or r.a <> r.b or s.rule is not null)
    order by substring(r.reconciliation from 2)::int, r.party collate "C"`.execute(db)
  return rows
}

/**
 * The figures of the step with the adjusted balances where something differs: `R7.adjusted.<party>`, in yuan. What an
 * approver signs; another explanation gives other balances, so other evidence.
 */
async function withAdjusted(
  trx: Transaction<Database>, runId: number, config: Declared, figures: { readonly [name: string]: Plain },
): Promise<{ [name: string]: Plain }> {
  const adjusted = await adjustedBalances(trx, runId, config, true)
  return Object.fromEntries(Object.entries(figures).map(([number, own]) => {
    if (typeof own !== 'object' || own === null || Array.isArray(own)) return [number, own]
    const { adjusted: _before, ...bare } = own as { [name: string]: Plain }
    const parts = adjusted.filter(({ reconciliation }) => reconciliation === number)
    return [
      number,
      parts.length === 0 ? bare : {
        ...bare, adjusted: Object.fromEntries(parts.map((one) => [one.party || '*', partFigures(one)])),
      },
    ]
  }))
}

const partFigures = ({ opening, a, b, adjustedA, adjustedB, items, open }: AdjustedBalance): Plain => ({
  a: formatYuan(opening + a), b: formatYuan(opening + b), items, adjustedA: formatYuan(adjustedA),
  adjustedB: formatYuan(adjustedB),
  difference: formatYuan(adjustedA - adjustedB), open,
})

/** After a word on differences: the figures of the step are other ones. Before its evidence is computed anew. */
export async function refreshAdjusted(
  trx: Transaction<Database>, runId: number, config: Declared,
): Promise<void> {
  const live = (await liveResults(trx, runId)).get('reconcile')
  if (!live?.result.figures) return
  const figures = await withAdjusted(trx, runId, config, live.result.figures as { [name: string]: Plain })
  await sql`update step_results set result = jsonb_set(result, '{figures}', ${JSON.stringify(figures)}::jsonb)
    where run_id = ${runId} and step = 'reconcile' and generation = ${live.generation}`.execute(trx)
}
