/** What problems were made from: a finding, or a step that failed or waits; and whether that cause is resolved by now. */
import { type Kysely, type RawBuilder, type Transaction, sql } from 'kysely'
import type { ProblemState } from '../../domain/problems.ts'
import type { Step } from '../../domain/steps.ts'
import type { Database } from '../tables.ts'

export interface Cause { runId: number; step: string; generation: number; findingId?: string; state?: string }

/** Links a problem to its cause. */
export async function linkProblem(
  trx: Transaction<Database>, problemId: string, { runId, step, generation, findingId, state }: Cause, at: number,
): Promise<void> {
  await trx.insertInto('problem_links').values({
    problem_id: problemId, run_id: runId, step, generation, finding_id: findingId ?? null, step_state: state ?? null,
    linked_at: new Date(at),
  }).onConflict((conflict) => conflict.doNothing()).execute()
}

/**
 * Condition on a link `l`: its cause is resolved. A finding is, when somebody decided it or it is not seen any more; a step,
 * when it is in another state, or another generation of it, than it was.
 */
export const CAUSE_RESOLVED: RawBuilder<boolean> = sql<boolean>`case when l.finding_id is not null
  then not exists (select from findings f where f.run_id = l.run_id and f.finding_id = l.finding_id and f.status = 'open' and f.closed_by is distinct from 'recheck')
  else not exists (select from step_states s where s.run_id = l.run_id and s.step = l.step and s.generation = l.generation and s.state = l.step_state) end`

export interface FoundCause extends Cause { district: string; zh: string; en: string }

/** A finding of the latest run that has it. */
export async function findingCause(db: Kysely<Database>, findingId: string): Promise<FoundCause | undefined> {
  const { rows } = await sql<FoundCause & { step: Step }>`
    select f.run_id as "runId", f.step, f.seen_generation as generation, f.finding_id as "findingId", s.district, f.message_zh as zh, f.message_en as en
    from findings f join runs r using (run_id) join scopes s using (scope_id)
    where f.finding_id = ${findingId} and r.kind = 'real' order by f.run_id desc limit 1`.execute(db)
  return rows[0]
}

/** A step of a district's latest run, that failed, is blocked or waits for an approval. */
export async function stepCause(
  db: Kysely<Database>, { year, district, step }: { year: number; district: string; step: Step },
): Promise<FoundCause | undefined> {
  const { rows } = await sql<FoundCause>`
    select t.run_id as "runId", t.step, t.generation, t.state, s.district, coalesce(t.failure->>'zh', '') as zh, coalesce(t.failure->>'en', '') as en
    from step_states t join runs r using (run_id) join scopes s using (scope_id)
    where s.district = ${district} and s.year = ${year} and t.step = ${step} and r.kind = 'real' and t.state in ('failed', 'blocked', 'awaiting-approval')
    order by t.run_id desc limit 1`.execute(db)
  return rows[0]
}

/** A problem that a finding was made into. */
export interface LinkedProblem { id: string; state: ProblemState }

/** The findings with the problems that they were made into, the first one first; none for most. */
export async function withLinkedProblems<F extends { id: string }>(
  db: Kysely<Database>, findings: readonly F[],
): Promise<(F & { problems: readonly LinkedProblem[] })[]> {
  const { rows } = await sql<LinkedProblem & { finding: string }>`
    select distinct on (l.finding_id, p.opened_at, p.problem_id) l.finding_id as finding, p.problem_id as id, p.state
    from problem_links l join problems p using (problem_id) where l.finding_id = any(${findings.map(({ id }) => id)}::text[])
    order by l.finding_id, p.opened_at, p.problem_id`.execute(db)
  const linked = Map.groupBy(rows, ({ finding }) => finding)
  return findings.map((one) => ({ ...one, problems: (linked.get(one.id) ?? []).map(({ id, state }) => ({ id, state })) }))
}
