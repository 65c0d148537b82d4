/**
 * What of a reconciliation can be confirmed 对账确认: both sides and the differences, of the whole and of each party's
 * part, with a digest over them. Written down each time the step has compared; a confirmation of other figures falls then.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type {
  KeyedReconciliation, LinesReconciliation, Reconciliation, ReconciliationSide,
} from '../../config/schemas/reconciliations.ts'
import type { Plain } from '../../domain/canonical.ts'
import { parseYuan } from '../../domain/money.ts'
import { ruleOrder } from '../../domain/findings.ts'
import { appendAudit } from '../audit.ts'
import type { ReconciliationFigures } from '../steps/reconcile/figures.ts'
import { type Fragment, keyColumn, sideRows, statementFilter } from '../steps/reconcile/sides.ts'
import type { Database } from '../tables.ts'
import { yuanText } from '../yuan.ts'

type Trx = Transaction<Database>

/**
 * After the step's engine has run, with its findings still in `found`: marks whose each difference is, writes the balances
 * of this run in place of the earlier ones, and lets the confirmations fall whose balance moved (and only these).
 * @param figures what the engine gave: only reconciliations that compared something can be confirmed
 */
export async function recordBalances(trx: Trx, context: StepContext, figures: { readonly [name: string]: Plain }): Promise<void> {
  await sql`delete from reconciliation_balances where run_id = ${context.runId}`.execute(trx)
  const all = Object.entries(context.config.reconciliations.reconciliations)
  for (const [number, reconciliation] of all.sort(([one], [other]) => ruleOrder(one)[1] - ruleOrder(other)[1])) {
    const own = figures[number] as ReconciliationFigures | undefined
    if (own?.state !== 'compared' && own?.state !== 'missing') continue
    context.heartbeat(number)
    await recordOne(trx, context, number, reconciliation, own)
  }
  await voidMoved(trx, context)
}

async function recordOne(
  trx: Trx, context: StepContext, number: string, reconciliation: Reconciliation, figures: ReconciliationFigures,
): Promise<void> {
  if (reconciliation.method === 'keyed' && reconciliation.party && figures.unequal > 0) {
    await markParties(trx, context, number, reconciliation)
  }
  const whole = sql`select ''::text as party, ${parseYuan(figures.a)}::bigint as a, ${parseYuan(figures.b)}::bigint as b`
  const parts = partSums(context, number, reconciliation)
  await sql`
    with sums as (${whole} ${parts === null ? sql`` : sql`union all select party, sum(a)::bigint, sum(b)::bigint from (${parts}) parts where party <> '' group by party`}),
    own as (select key, amount, facts->>'party' as party from found where rule = ${number}),
    differences as (
      select party, count(*)::int as n, string_agg(key || e'\x1e' || coalesce(amount::text, ''), e'\x1f' order by key collate "C") as said
      from (select ''::text as party, key, amount from own union all select party, key, amount from own where party <> '') said group by party)
    insert into reconciliation_balances (run_id, reconciliation, party, generation, state, a, b, differences, digest)
    select ${context.runId}::int, ${number}::text, s.party, ${context.generation}::int, ${figures.state}::text, s.a, s.b, coalesce(d.n, 0),
      encode(sha256(convert_to(concat_ws(e'\x1d', ${number}::text, s.party, ${figures.state}::text, s.a, s.b, coalesce(d.said, '')), 'UTF8')), 'hex')
    from sums s left join differences d on d.party = s.party`.execute(trx)
}

/** Rows `(party, a, b)`, not grouped; null where a reconciliation knows no parties. */
function partSums(context: StepContext, number: string, reconciliation: Reconciliation): Fragment | null {
  if (reconciliation.method === 'lines') return linesParts(context, number, reconciliation)
  if (reconciliation.method !== 'keyed' || !reconciliation.party) return null
  const { a, b, party } = reconciliation
  const partOfB = party.b === undefined
    ? partsByKey(context, number, reconciliation)
    : sql`select k1 as party, amount from (${sideRows(number, keyedBy(b, [party.b]), context)}) b`
  return sql`select k1 as party, amount as a, 0::bigint as b from (${sideRows(number, keyedBy(a, [party.a]), context)}) a
    union all select party, 0, amount from (${partOfB}) b`
}

const keyedBy = (side: ReconciliationSide, key: readonly (string | { value: string })[]) =>
  ({ ...side, key }) as ReconciliationSide

/** Rows of B belong to whom their key belongs on A. */
function partsByKey(context: StepContext, number: string, { a, b, party }: KeyedReconciliation): Fragment {
  const columns = sql.join(a.key.map((_, index) => sql.ref(keyColumn(index))))
  const owner = sql.ref(keyColumn(a.key.length))
  return sql`select coalesce(owners.party, '') as party, b.amount from (${sideRows(number, b, context)}) b
    left join (select ${columns}, min(${owner}) as party from (${sideRows(number, keyedBy(a, [...a.key, party!.a]), context)}) a group by ${columns}) owners using (${columns})`
}

/** Line by line the party is the counterparty of the cell, and the party of the statement. */
function linesParts(context: StepContext, number: string, { a }: LinesReconciliation): Fragment {
  return sql`
    select c.counterparty as party, t.debit - t.credit as a, 0::bigint as b
    from cells c join cell_totals t on t.scope_id = c.scope_id and t.cell_id = c.cell_id
      join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join books b on b.scope_id = c.scope_id and b.book_id = c.book_id and b.system = ${a.system}
    where c.scope_id = ${context.scopeId}::int and (${sql.join(a.accounts.map((code) => sql`starts_with(a.account, ${code})`), sql` or `)})
    union all select coalesce(s.party, ''), 0, s.amount from statements s where ${statementFilter(number, undefined, context)}`
}

/** Whose each difference is, into its facts; one of several parties stays without. */
async function markParties(trx: Trx, context: StepContext, number: string, { a, b, party }: KeyedReconciliation): Promise<void> {
  const text = sql.join(a.key.map((_, index) => sql.ref(keyColumn(index))), sql` || '/' || `)
  const own = sql.ref(keyColumn(a.key.length))
  const sides = [{ side: a, column: party!.a }, ...(party!.b === undefined ? [] : [{ side: b, column: party!.b }])]
  const rows = sides.map(({ side, column }) =>
    sql`select ${text} as key, ${own} as party from (${sideRows(number, keyedBy(side, [...side.key, column]), context)}) s`)
  await sql`
    update found f set facts = f.facts || jsonb_build_object('party', p.party)
    from (select key, min(party) as party from (${sql.join(rows, sql` union all `)}) s
      where party <> '' and key in (select key from found where rule = ${number}) group by key having count(distinct party) = 1) p
    where f.rule = ${number} and f.key = p.key and not f.facts ? 'party'`.execute(trx)
}

/** Confirmations of figures that are no longer these: void from now on, kept with the reason. */
async function voidMoved(trx: Trx, { runId, district }: StepContext): Promise<void> {
  const sides = (a: Fragment, b: Fragment) => sql`${yuanText(a)} || ' / ' || ${yuanText(b)}`
  const { rows } = await sql<{ decision: string; actor: string; reconciliation: string; party: string }>`
    update decisions d set void_at = now(), void_reason = '余额已变动 the balance moved: ' || ${sides(sql`c.a`, sql`c.b`)} || ' → '
      || coalesce((select ${sides(sql`n.a`, sql`n.b`)} || ' (' || n.differences || ')' from reconciliation_balances n
        where n.run_id = d.run_id and n.reconciliation = c.reconciliation and n.party = c.party), '无 none')
    from confirmations c
    where c.decision_id = d.decision_id and d.run_id = ${runId} and d.accepted and d.void_at is null
      and not exists (select from reconciliation_balances b where b.run_id = d.run_id and b.reconciliation = c.reconciliation
        and b.party = c.party and b.digest = c.digest)
    returning d.decision_id as decision, d.actor, c.reconciliation, c.party`.execute(trx)
  if (rows.length === 0) return
  const fallen = [...rows].sort((one, other) => (one.decision < other.decision ? -1 : 1))
  await appendAudit(trx, {
    district, kind: 'confirmation.void', actor: 'system', subject: String(runId),
    detail: { reason: 'the balance moved', confirmations: fallen },
  })
}
