/** The rows of the report that belong to runs: one statement for each kind, for all districts at once. */
import { type Transaction, sql } from 'kysely'
import type { Database } from '../books/tables.ts'
import { signedComment } from '../domain/decisions.ts'
import { formatYuan } from '../domain/money.ts'
import type { Plain } from '../domain/canonical.ts'
import type { Step } from '../domain/steps.ts'
import type { Alarm, Approval, CarryForward, InputReport } from './district-parts.ts'
import type { Text } from './model.ts'

/** Format of `to_char` for ISO 8601 in UTC with milliseconds; the session works in UTC. */
export const ISO = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'

type Trx = Transaction<Database>
type Of<T> = T & { runId: number }

export interface Details {
  inputs: Map<number, InputReport>
  states: readonly Of<{ step: Step; generation: number; evidenceDigest: string | null; failure: Text | null }>[]
  history: readonly Of<{ step: Step; state: string; attempt: number; generation: number; waitingOn: string | null; at: string }>[]
  results: readonly Of<{
    step: Step; generation: number; inputDigest: string; evidenceDigest: string; at: string; figures: unknown
    voidAt: string | null; voidReason: string | null
  }>[]
  approvals: readonly Of<Approval>[]
  carryForwards: readonly Of<CarryForward>[]
  alarms: readonly Of<Alarm>[]
  audit: Map<string, { sequence: string; hash: string }>
}

const iso = (column: string) => sql<string>`to_char(${sql.raw(column)}, ${ISO})`

/** Reads everything that belongs to these runs and districts. */
export async function readDetails(trx: Trx, runIds: readonly number[], districts: readonly string[]): Promise<Details> {
  const runs = sql`any(${[...runIds]}::int[])`
  const { rows: states } = await sql<Details['states'][number]>`
    select run_id as "runId", step, generation, evidence_digest as "evidenceDigest",
      case when failure is not null then json_build_object('zh', coalesce(failure->>'zh', failure->>'message'), 'en', coalesce(failure->>'en', failure->>'message')) end as failure
    from step_states where run_id = ${runs}`.execute(trx)
  const { rows: history } = await sql<Details['history'][number]>`
    select run_id as "runId", step, state, attempt, generation, waiting_on as "waitingOn", ${iso('at')} as at
    from step_history where run_id = ${runs} order by run_id, history_id`.execute(trx)
  const { rows: results } = await sql<Details['results'][number]>`
    select run_id as "runId", step, generation, input_digest as "inputDigest", evidence_digest as "evidenceDigest", ${iso('created_at')} as at,
      result->'figures' as figures, ${iso('void_at')} as "voidAt", void_reason as "voidReason"
    from step_results where run_id = ${runs} order by run_id, step, generation`.execute(trx)
  return {
    states, history, results, inputs: await readInputs(trx, districts), approvals: await readApprovals(trx, runIds),
    carryForwards: await readCarryForwards(trx, runIds), alarms: await readAlarms(trx, runIds),
    audit: await readAudit(trx, districts),
  }
}

async function readInputs(trx: Trx, districts: readonly string[]): Promise<Map<number, InputReport>> {
  const { rows } = await sql<InputReport & { scope: number }>`
    select distinct on (v.scope_id) v.scope_id as scope, v.version, v.digest, ${iso('v.imported_at')} as "importedAt", v.imported_by as "importedBy",
      coalesce((select json_agg(json_build_object('file', f.file, 'rows', f.rows, 'sha256', f.sha256) order by f.file collate "C")
        from (select file, rows, sha256 from input_files i where i.scope_id = v.scope_id and i.version = v.version
          union all select 'statements/' || name, rows, sha256 from statement_files b where b.scope_id = v.scope_id and b.state = 'live') f), '[]') as files
    from input_versions v join scopes s using (scope_id) where s.district = any(${[...districts]}::text[])
    order by v.scope_id, v.version desc`.execute(trx)
  return new Map(rows.map(({ scope, ...input }) => [scope, input]))
}

async function readApprovals(trx: Trx, runIds: readonly number[]): Promise<Of<Approval>[]> {
  const { rows } = await sql<Of<Approval> & { payload: string; refusal_zh: string | null; refusal_en: string | null }>`
    select run_id as "runId", step, kind, actor, payload, ${iso('coalesce(judged_at, submitted_at)')} as at, evidence_digest as "evidenceDigest",
      accepted, refusal_zh, refusal_en, ${iso('void_at')} as "voidAt", void_reason as "voidReason"
    from decisions where run_id = any(${[...runIds]}::int[]) and kind <> 'findings' order by run_id, submitted_at, decision_id`.execute(trx)
  return rows.map(({ payload, refusal_zh, refusal_en, ...row }) => ({
    ...row, comment: signedComment(payload),
    refusal: refusal_zh === null ? null : { zh: refusal_zh, en: refusal_en ?? refusal_zh },
  }))
}

async function readCarryForwards(trx: Trx, runIds: readonly number[]): Promise<Of<CarryForward>[]> {
  const { rows } = await sql<Of<CarryForward> & { carry_id: number; totals: Plain; proof: Plain }>`
    select carry_id, run_id as "runId", generation, state, plan_digest as "planDigest", ${iso('planned_at')} as "plannedAt", ${iso('live_at')} as "liveAt",
      ${iso('reversed_at')} as "reversedAt", reversed_because as "reversedBecause", totals, proof
    from carry_forwards where run_id = any(${[...runIds]}::int[]) order by run_id, generation`.execute(trx)
  const { rows: books } = await sql<{ carry_id: number; book: string; balances: number; debit: bigint; credit: bigint }>`
    select carry_id, book, count(*)::int as balances, coalesce(sum(balance) filter (where balance > 0), 0)::bigint as debit,
      coalesce(-sum(balance) filter (where balance < 0), 0)::bigint as credit
    from opening_balances where carry_id = any(${rows.map((row) => row.carry_id)}::int[]) group by carry_id, book order by carry_id, book collate "C"`.execute(trx)
  return rows.map(({ carry_id: id, ...row }) => ({
    ...row,
    books: books.filter((book) => book.carry_id === id)
      .map(({ book, balances, debit, credit }) => ({ book, balances, debit: formatYuan(debit), credit: formatYuan(credit) })),
  }))
}

async function readAlarms(trx: Trx, runIds: readonly number[]): Promise<Of<Alarm>[]> {
  const { rows } = await sql<Of<Alarm>>`
    select n.run_id as "runId", n.step, n.kind, n.level, n.to_roles as "toRoles", ${iso('n.due_at')} as "dueAt", ${iso('n.created_at')} as at,
      json_build_object('zh', n.message_zh, 'en', n.message_en) as message, n.seen_by as "seenBy",
      coalesce((select json_agg(json_build_object('channel', d.channel, 'target', d.target, 'attempt', d.attempt, 'state', d.state,
          'at', to_char(d.at, ${ISO}), 'error', d.error) order by d.delivery_id) from deliveries d where d.notification_id = n.notification_id), '[]') as deliveries
    from notifications n where n.run_id = any(${[...runIds]}::int[]) order by n.run_id, n.due_at, n.step, n.level, n.notification_id`.execute(trx)
  return rows
}

async function readAudit(trx: Trx, districts: readonly string[]): Promise<Map<string, { sequence: string; hash: string }>> {
  const { rows } = await sql<{ district: string; sequence: string; hash: string }>`
    select distinct on (district) district, sequence::text as sequence, hash from audit.events link where district = any(${[...districts]}::text[])
    order by district, link.sequence desc`.execute(trx)
  return new Map(rows.map(({ district, ...head }) => [district, head]))
}
