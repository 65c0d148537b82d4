/** What stands between a carry-forward in force and its undo, and whether the year was locked. */
import { type Kysely, sql } from 'kysely'
import type { InputFile } from '../domain/steps.ts'
import { digestOf } from './digest.ts'
import { type Run, inputVersionOf } from './runs.ts'
import type { Database } from './tables.ts'

export interface UndoStanding {
  carryId: number
  generation: number
  /** The version of the input that it was made from. */
  inputVersion: number
  /** What people sign: this very carry-forward. */
  digest: string
  /** The request that stands, if anybody asked. */
  request: { decisionId: string; actor: string; comment: string } | null
  /** Who agreed with it so far, without the one who asked. */
  approvers: readonly string[]
}

/** The carry-forward of a run that is in force, and the words on its undo; null when none is in force. */
export async function undoStanding(db: Kysely<Database>, runId: number): Promise<UndoStanding | null> {
  const { rows: [live] } = await sql<{ carry_id: number; generation: number; input_version: number; plan_digest: string }>`
    select carry_id, generation, input_version, plan_digest from carry_forwards where run_id = ${runId} and state = 'live'`.execute(db)
  if (!live) return null
  const digest = digestOf({ undo: live.carry_id, plan: live.plan_digest })
  const words = await db.selectFrom('decisions').select(['decision_id', 'kind', 'actor', 'payload']).where('run_id', '=', runId)
    .where('kind', 'in', ['undo', 'approve-undo']).where('accepted', '=', true).where('void_at', 'is', null)
    .where('evidence_digest', '=', digest)
    .orderBy('judged_at').execute()
  const asked = words.find(({ kind }) => kind === 'undo')
  return {
    carryId: live.carry_id, generation: live.generation, inputVersion: live.input_version, digest,
    request: asked ? {
      decisionId: asked.decision_id, actor: asked.actor, comment: (JSON.parse(asked.payload) as { comment: string }).comment,
    } : null,
    approvers: [...new Set(words.filter(({ kind }) => kind === 'approve-undo').map(({ actor }) => actor))],
  }
}

/** The words on an undo that was rejected, or approved and could not be carried out: who asks anew begins with a clean sheet. */
export async function voidUndoWords(db: Kysely<Database>, runId: number, except: string, reason: string): Promise<void> {
  await db.updateTable('decisions').set({ void_at: new Date(), void_reason: reason }).where('run_id', '=', runId)
    .where('kind', 'in', ['undo', 'approve-undo']).where('accepted', '=', true).where('void_at', 'is', null)
    .where('decision_id', '<>', except).execute()
}

/** Whether the district's year was locked for good: the signed word is the fact. */
export async function isLocked(db: Kysely<Database>, runId: number): Promise<boolean> {
  const word = await db.selectFrom('decisions').select('decision_id').where('run_id', '=', runId).where('kind', '=', 'control')
    .where('accepted', '=', true).where('void_at', 'is', null).executeTakeFirst()
  return word !== undefined
}

/** The run of a district that was signed off and is not locked yet; undefined without one. */
export async function watchedRun(db: Kysely<Database>, district: string, year: number): Promise<{ runId: number } | undefined> {
  const { rows: [run] } = await sql<{ runId: number; state: string }>`
    select run_id as "runId", state from runs join scopes using (scope_id)
    where district = ${district} and year = ${year} and kind = 'real' order by run_id desc limit 1`.execute(db)
  return run?.state === 'completed' && !(await isLocked(db, run.runId)) ? { runId: run.runId } : undefined
}

/** The files from which balances, openings and indicators of the new year are made. */
const BOOKED: readonly InputFile[] = ['books', 'accounts', 'opening', 'entries', 'indicators', 'setup', 'mappings']

export interface LateChange { file: InputFile; fromVersion: number; version: number; digest: string }

/** Files that say something else now than when the carry-forward in force was made. */
export async function lateChanges(db: Kysely<Database>, run: Pick<Run, 'runId' | 'scopeId'>): Promise<LateChange[]> {
  const standing = await undoStanding(db, run.runId)
  const version = await inputVersionOf(db, run.scopeId)
  if (!standing || standing.inputVersion === version) return []
  const { rows } = await sql<{ file: InputFile; digest: string }>`
    select file, now.content_digest as digest from input_files now full join (
      select file, content_digest from input_files where scope_id = ${run.scopeId} and version = ${standing.inputVersion}) before using (file)
    where now.scope_id = ${run.scopeId} and now.version = ${version} and file = any(${[...BOOKED]}::text[])
      and before.content_digest is distinct from now.content_digest
    order by array_position(${[...BOOKED]}::text[], file)`.execute(db)
  return rows.map(({ file, digest }) => ({ file, digest, fromVersion: standing.inputVersion, version }))
}
