/** What kind of difference each one looks like (DOMAIN §6), where the data show it. A suggestion: nobody is bound by it. */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import type { KeyedReconciliation } from '../../../config/schemas/reconciliations.ts'
import type { Database } from '../../tables.ts'

/**
 * Sets `kind` and `more` in the temporary table `differences`:
 * `duplicate` a key twice on side B; `state-mismatch` B knows a document that is not final here; `wrong-unit` an equal and
 * opposite difference stands on another key; `omission` one side has nothing; `wrong-amount` both have, and differ.
 */
export async function suggestKinds(trx: Transaction<Database>, context: StepContext, reconciliation: KeyedReconciliation): Promise<void> {
  await sql`update differences set kind = case
      when ${reconciliation.once}::boolean and b_rows > 1 then 'duplicate' when a is null or b is null then 'omission'
        else 'wrong-amount' end,
    more = case when ${reconciliation.once}::boolean and b_rows > 1 then jsonb_build_object('hint', jsonb_build_object(
      'zh', '同一编号在对方出现 ' || b_rows || ' 次', 'en', 'the same number stands ' || b_rows
        || ' times on the other side')) end`.execute(trx)
  await sql`
    with opposite as (
      select coalesce(a, 0) - coalesce(b, 0) as amount, key, count(*) over (partition by coalesce(a, 0) - coalesce(b, 0)) as same from differences
      where kind <> 'duplicate')
    update differences d set kind = 'wrong-key', more = jsonb_build_object('counterKey', o.key, 'hint', jsonb_build_object(
      'zh', '与 ' || o.key || ' 的差额正好相反，可能列错', 'en', o.key
        || ' differs by exactly the opposite: perhaps booked under the wrong one'))
    from opposite o join opposite own on own.same = 1 and own.amount = -o.amount
    where o.same = 1 and own.key = d.key and o.amount <> 0 and d.key <> o.key`.execute(trx)
  await suggestStates(trx, context, reconciliation)
}

/** The other side knows a document that is not final in the system: the states do not agree. */
async function suggestStates(trx: Transaction<Database>, context: StepContext, { a }: KeyedReconciliation): Promise<void> {
  if (a.of !== 'documents') return
  const place = a.key.indexOf('number') + 1
  if (place === 0) return
  await sql`update differences x set kind = 'state-mismatch', more = jsonb_build_object(
      'document', jsonb_build_object('type', d.type, 'number', d.number, 'status', d.status, 'counterparty', d.counterparty),
      'hint', jsonb_build_object('zh', '系统内单据状态为 ' || d.status || '，对方 ' || coalesce(d.counterparty, '未填'),
        'en', 'the document is ' || d.status || ' in the system, counterparty ' || coalesce(d.counterparty, 'not given')))
    from documents d
    where x.a is null and d.scope_id = ${context.scopeId}::int and d.type = any(${a.add}::text[])
      and d.number = split_part(x.key, '/', ${place}::int) and d.number <> ''`.execute(trx)
}
