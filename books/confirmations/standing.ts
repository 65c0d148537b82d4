/** Which confirmations a run asks for, and how each of them stands. */
import { type Kysely, sql } from 'kysely'
import type { ReconciliationsConfig } from '../../config/schemas/reconciliations.ts'
import { type ConfirmerRule } from '../../domain/confirmations.ts'
import { signedComment } from '../../domain/decisions.ts'
import { ruleOrder } from '../../domain/findings.ts'
import { formatYuan } from '../../domain/money.ts'
import { isoTime } from '../read-model/status.ts'
import type { Database } from '../tables.ts'

/** Both sides as last compared, yuan text. */
export interface Balance { a: string; b: string; difference: string; differences: number }
/** A word that was given; `voidAt` when the balance moved after it. */
export interface Given {
  by: string; at: string; comment: string; a: string; b: string; voidAt: string | null; voidReason: string | null
}

/** One confirmation that is asked for: of the whole (`party` ''), or of one bank's or unit's part. */
export interface Confirmation {
  reconciliation: string
  name: { zh: string; en: string }
  confirmer: string
  title: { zh: string; en: string }
  party: string
  /** The approval of the step waits for it. */
  required: boolean
  balance: Balance
  /** `fallen`: it was confirmed, and the balance moved since. */
  state: 'confirmed' | 'fallen' | 'missing'
  by: string | null
  at: string | null
  comment: string
  /** Digest of balance and differences: what is confirmed. */
  digest: string
  /** Words that fell, oldest first. */
  fallen: readonly Given[]
}

interface BalanceRow { reconciliation: string; party: string; a: bigint; b: bigint; differences: number; digest: string }
interface WordRow {
  reconciliation: string; party: string; confirmer: string; actor: string; payload: string; at: Date; digest: string; a: bigint
  b: bigint
  void_at: Date | null; void_reason: string | null
}

/** Every confirmation that the run's reconciliations ask for, by number, then party, then the order of the configuration. */
export async function readConfirmations(
  db: Kysely<Database>, runId: number, { reconciliations }: ReconciliationsConfig,
): Promise<Confirmation[]> {
  const { rows: balances } = await sql<BalanceRow>`
    select reconciliation, party, a, b, differences, digest from reconciliation_balances where run_id = ${runId} order by party collate "C"`.execute(db)
  const { rows: words } = await sql<WordRow>`
    select c.reconciliation, c.party, c.confirmer, c.digest, c.a, c.b, d.actor, d.payload, coalesce(d.judged_at, d.submitted_at) as at, d.void_at, d.void_reason
    from confirmations c join decisions d using (decision_id) where d.run_id = ${runId} and d.accepted order by d.judged_at, d.decision_id`.execute(db)
  const wordsOf = Map.groupBy(words, (word) => slotKey(word.reconciliation, word.confirmer, word.party))
  return Object.keys(reconciliations).sort((one, other) => ruleOrder(one)[1] - ruleOrder(other)[1]).flatMap((number) => {
    const rule = reconciliations[number]!
    const own = balances.filter((one) => one.reconciliation === number)
    return rule.confirms.flatMap((confirmer) => own.filter(({ party }) => (confirmer.each === 'party') === (party !== ''))
      .map((balance) => slot(
        { number, name: rule.name, required: rule.confirmation === 'required' }, confirmer, balance,
        wordsOf.get(slotKey(number, confirmer.as, balance.party)) ?? [],
      )))
  })
}

const slotKey = (...parts: readonly string[]) => JSON.stringify(parts)

function slot(
  rule: { number: string; name: { zh: string; en: string }; required: boolean }, { as, zh, en }: ConfirmerRule, row: BalanceRow,
  words: readonly WordRow[],
): Confirmation {
  const standing = words.find((word) => word.void_at === null && word.digest === row.digest)
  const fallen = words.filter((word) => word !== standing).map(givenOf)
  return {
    reconciliation: rule.number, name: rule.name, confirmer: as, title: { zh, en }, party: row.party, required: rule.required,
    balance: { a: formatYuan(row.a), b: formatYuan(row.b), difference: formatYuan(row.a - row.b), differences: row.differences },
    state: standing ? 'confirmed' : fallen.length > 0 ? 'fallen' : 'missing', by: standing?.actor ?? null,
    at: isoTime(standing?.at),
    comment: standing ? signedComment(standing.payload) : '', digest: row.digest, fallen,
  }
}

function givenOf({ actor, at, payload, a, b, void_at: voidAt, void_reason: voidReason }: WordRow): Given {
  return {
    by: actor, at: isoTime(at)!, comment: signedComment(payload), a: formatYuan(a), b: formatYuan(b), voidAt: isoTime(voidAt),
    voidReason,
  }
}

/** Required and not confirmed: what the approval of the step still waits for. */
export const lacking = (confirmations: readonly Confirmation[]): Confirmation[] =>
  confirmations.filter(({ required, state }) => required && state !== 'confirmed')

/** `R7 工行 开户银行`. */
export function confirmationText(
  { reconciliation, party, title }: Pick<Confirmation, 'reconciliation' | 'party' | 'title'>,
): { zh: string; en: string } {
  const at = party === '' ? reconciliation : `${reconciliation} ${party}`
  return { zh: `${at} ${title.zh}`, en: `${at} ${title.en}` }
}

/** Who prepared a reconciliation in this run: decided any of its differences, or imported the input that is current. */
export async function preparersOf(
  db: Kysely<Database>, run: { runId: number; scopeId: number }, reconciliation: string,
): Promise<Set<string>> {
  const { rows } = await sql<{ actor: string }>`
    select distinct d.actor from decisions d join finding_decisions fd using (decision_id)
      join findings f on f.run_id = d.run_id and f.finding_id = fd.finding_id
    where d.run_id = ${run.runId} and d.accepted and f.rule = ${reconciliation}
    union
    select actor from current_importers where scope_id = ${run.scopeId}`.execute(db)
  return new Set(rows.map((row) => row.actor))
}
