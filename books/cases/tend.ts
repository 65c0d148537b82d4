/** What a district's cases need at a moment: alarms that are due, defaults that have come to their time. */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { DocumentsConfig } from '../../config/schemas/documents.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import { DISPOSITIONS, DOCUMENT_STATUSES, defaultRefusal } from '../../domain/documents.ts'
import { storeDecision } from '../decisions.ts'
import { idFrom } from '../notifications.ts'
import type { Run } from '../runs.ts'
import type { Database } from '../tables.ts'
import { type StoredDefault, findDefault } from './defaults.ts'

/** One signed word covers at most so many documents: a decision is judged in one activity. */
const FIRING_MAX = 5_000
/** After a refusal the next try waits this long, twice as long each time, a day at most. */
const FIRST_PAUSE_MS = 5 * 60_000
const LONGEST_PAUSE_MS = 24 * 3_600_000
/** A firing that got no answer is brought to the district again after this time. */
const SEND_AGAIN_MS = 60_000

const standing = (scopeId: number): RawBuilder<boolean> =>
  sql`scope_id = ${scopeId} and kind = 'approve' and accepted and withdrawn_at is null`

interface Due { default_id: string; finding_id: string; action: StoredDefault['action']; content_digest: string }

/**
 * Makes the decisions of approved defaults whose cases have reached their cut-off. The decision is that of the person who
 * approved the default: it carries that signature, and the district's judge looks at both. Nothing is changed here but rows
 * of decisions that wait for their judgement; the same moment makes the same decision.
 */
export async function fireDefaults(trx: Transaction<Database>, run: Run, documents: DocumentsConfig, at: Date): Promise<void> {
  const pairs = Object.keys(documents.types).flatMap((type) => DOCUMENT_STATUSES.flatMap((status) => DISPOSITIONS
    .filter((action) => defaultRefusal(documents, type, status, action) === null)
    .map((action) => ({ type, status, action, needs: action === 'carry' && documents.types[type]!.carry_needs_indicator }))))
  const { rows: [any] } = await sql`select from document_defaults where ${standing(run.scopeId)} limit 1`.execute(trx)
  if (!any) return
  // Read before the findings: of a firing that is judged meanwhile they must not be older than its judgement.
  const last = await lastFirings(trx, run.runId)
  // Rows that were written a moment ago have no statistics yet: nothing here may look one row up after another.
  await sql`set local enable_nestloop = off`.execute(trx)
  const { rows } = await sql<Due>`
    with allowed as (select * from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as a(type text, status text, action text, needs boolean)),
      standing as (select default_id, type, number, action from document_defaults where ${standing(run.scopeId)})
    select coalesce(own.default_id, whole.default_id) as default_id, c.finding_id, coalesce(own.action, whole.action) as action, f.content_digest
    from document_cases c
    join findings f on f.run_id = c.run_id and f.finding_id = c.finding_id and f.status = 'open'
    join documents doc on doc.scope_id = ${run.scopeId} and doc.type = c.type and doc.number = c.number
    left join standing own on own.type = c.type and own.number = c.number
    left join standing whole on whole.type = c.type and whole.number = ''
    join allowed a on a.type = c.type and a.status = doc.status and a.action = coalesce(own.action, whole.action)
      and not (a.needs and coalesce(doc.indicator, '') = '')
    where c.run_id = ${run.runId} and f.run_id = ${run.runId} and c.settled_at is null and c.cut_off <= ${at}
    order by 1, c.finding_id collate "C"`.execute(trx)
  await sql`set local enable_nestloop = on`.execute(trx)
  for (const [defaultId, group] of Map.groupBy(rows, (row) => row.default_id)) {
    await fire(trx, run, defaultId, group.slice(0, FIRING_MAX), at, last.get(defaultId))
  }
}

interface Firing { default_id: string; attempt: number; fired_at: Date; accepted: boolean | null; refused: number }

/** The latest firing of each default, and how many of its firings were refused. */
async function lastFirings(trx: Transaction<Database>, runId: number): Promise<Map<string, Firing>> {
  const { rows } = await sql<Firing>`
    select distinct on (default_id) default_id, attempt, fired_at, accepted,
      count(*) filter (where accepted = false) over (partition by default_id)::int as refused
    from case_firings g join decisions using (decision_id) where g.run_id = ${runId} order by default_id, attempt desc`.execute(trx)
  return new Map(rows.map((row) => [row.default_id, row]))
}

async function fire(
  trx: Transaction<Database>, run: Run, defaultId: string, due: readonly Due[], at: Date, last: Firing | undefined,
): Promise<void> {
  // One at a time: the one before it is still being judged, or was refused a moment ago.
  if (last?.accepted === null) return
  if (last?.accepted === false && at.getTime() < last.fired_at.getTime() + pauseAfter(last.refused)) return
  const attempt = (last?.attempt ?? 0) + 1
  const standing = (await findDefault(trx, defaultId))!
  const decisionId = idFrom(['default', run.runId, defaultId, attempt])
  const payload = canonicalJson({
    kind: 'findings', decisionId, runId: run.runId, runKind: run.kind, district: run.district, year: run.year,
    actor: standing.actor,
    signedAt: at.toISOString(), standing: defaultId,
    findings: due.map((one) => ({
      id: one.finding_id, action: one.action, comment: standing.comment, contentDigest: one.content_digest,
    })),
  } satisfies Plain)
  await storeDecision(trx, {
    decisionId, runId: run.runId, kind: 'findings', step: 'in-transit', actor: standing.actor, payload,
    signature: standing.signature, evidenceDigest: null,
  })
  await trx.insertInto('case_firings')
    .values({
      decision_id: decisionId, run_id: run.runId, default_id: defaultId, attempt, findings: due.length, fired_at: at,
      sent_at: null,
    })
    .execute()
}

const pauseAfter = (refused: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, refused - 1))

export interface NextLook { open: number; nextAt: string | null }

/** Decisions of defaults that the district has not judged yet, marked as brought to it now. */
export async function firingsToSend(trx: Transaction<Database>, runId: number, at: Date): Promise<string[]> {
  const again = new Date(at.getTime() - SEND_AGAIN_MS)
  const { rows } = await sql<{ decision_id: string }>`
    update case_firings g set sent_at = ${at} from decisions d
    where d.decision_id = g.decision_id and d.accepted is null and g.run_id = ${runId} and (g.sent_at is null or g.sent_at <= ${again})
    returning g.decision_id`.execute(trx)
  return rows.map((row) => row.decision_id)
}

/** A paused district decides nothing: once a cut-off has come, whether it goes on is looked at this often. */
const PAUSED_MS = 5 * 60_000

/** How many cases are open, and when the next of them needs something: an alarm, its cut-off, or a firing without its answer. */
export async function nextLook(trx: Transaction<Database>, run: Run, at: Date): Promise<NextLook> {
  const { rows: [row] } = await sql<{ open: number; next_at: Date | null; over: boolean }>`
    select count(*)::int as open, min(next_at) as next_at, coalesce(min(cut_off) <= ${at}, false) as over
    from document_cases where run_id = ${run.runId} and settled_at is null`.execute(trx)
  const now = at.getTime()
  const times = [
    ...(row!.next_at ? [row!.next_at.getTime()] : []), ...(run.state === 'paused' && row!.over ? [now + PAUSED_MS] : []),
    ...[...(await lastFirings(trx, run.runId)).values()].flatMap(({ accepted, fired_at, refused }) => {
      if (accepted === null) return [now + SEND_AGAIN_MS]
      return accepted ? [] : [Math.max(now + FIRST_PAUSE_MS, fired_at.getTime() + pauseAfter(refused))]
    }),
  ]
  return { open: row!.open, nextAt: times.length > 0 ? new Date(Math.min(...times)).toISOString() : null }
}
