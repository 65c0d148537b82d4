/** Records of the service: calls, complaints, judgements, satisfaction. Each entry is a signed word; nothing is changed later. */
import { type Kysely, type Transaction, sql } from 'kysely'
import { appendAudit } from '../audit.ts'
import type { Database } from '../tables.ts'

export interface SignedWord { wordId: string; actor: string; payload: string; signature: string; at: Date }
export type RecordKind = 'calls' | 'complaint' | 'judgement' | 'rating'

/** A call of the hotline. Times are ISO 8601; a missed one has no `answeredAt`. */
export interface Call {
  callId: string; district: string; user: string; calledAt: string; answeredAt: string | null; endedAt: string | null
  calledBackAt: string | null
}
export interface Complaint {
  complaintId: string; district: string; user: string; at: string; text: string; problemId: string | null
}
export interface Judgement { complaintId: string; upheld: boolean; reason: string }
/** `month` is `2025-12`; `score` 0 to 100 with at most two decimals. */
export interface Rating { district: string; month: string; user: string | null; score: number; comment: string }

async function storeWord(
  trx: Transaction<Database>, kind: RecordKind, district: string, word: SignedWord,
  detail: { readonly [name: string]: string | number },
): Promise<void> {
  await trx.insertInto('service_words')
    .values({ word_id: word.wordId, kind, actor: word.actor, payload: word.payload, signature: word.signature, at: word.at })
    .execute()
  await appendAudit(trx, { district, kind: `service.${kind}`, actor: word.actor, subject: word.wordId, detail })
}

/** A call that is known with other facts. */
export class CallDiffers extends Error {
  readonly callId: string
  constructor(callId: string) {
    super(`call ${callId} is recorded with other facts`)
    this.callId = callId
  }
}

/**
 * Adds the calls of a log that are not there yet; all or nothing.
 * @throws CallDiffers when a call of that id is recorded otherwise
 */
export function addCalls(
  db: Kysely<Database>, log: { file: string; sha256: string; calls: readonly Call[] }, word: SignedWord,
): Promise<{ added: number; known: number }> {
  return db.transaction().execute(async (trx) => {
    await sql`create temporary table given_calls on commit drop as
      select * from jsonb_to_recordset(${JSON.stringify(log.calls)}::jsonb) as given("callId" text, district text, "user" text,
        "calledAt" timestamptz, "answeredAt" timestamptz, "endedAt" timestamptz, "calledBackAt" timestamptz)`.execute(trx)
    const { rows: [other] } = await sql<{ callId: string }>`
      select "callId" from given_calls g join service_calls c on c.call_id = g."callId"
      where (c.district, c.user_name, c.called_at, c.answered_at, c.ended_at, c.called_back_at)
        is distinct from (g.district, g."user", g."calledAt", g."answeredAt", g."endedAt", g."calledBackAt")
      order by 1 limit 1`.execute(trx)
    if (other) throw new CallDiffers(other.callId)
    const { rows: fresh } = await sql<{ n: number }>`
      select count(*)::int as n from given_calls where "callId" not in (select call_id from service_calls)`.execute(trx)
    const added = fresh[0]!.n
    if (added > 0) {
      await storeWord(trx, 'calls', '', word, { file: log.file, sha256: log.sha256, added })
      await sql`insert into service_calls (call_id, district, user_name, called_at, answered_at, ended_at, called_back_at, file, sha256, word_id)
        select "callId", district, "user", "calledAt", "answeredAt", "endedAt", "calledBackAt", ${log.file}, ${log.sha256}, ${word.wordId}::uuid
        from given_calls where "callId" not in (select call_id from service_calls)`.execute(trx)
    }
    return { added, known: log.calls.length - added }
  })
}

export function addComplaint(db: Kysely<Database>, one: Complaint, word: SignedWord): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await storeWord(trx, 'complaint', one.district, word, { complaint: one.complaintId, user: one.user })
    await trx.insertInto('service_complaints').values({
      complaint_id: one.complaintId, district: one.district, user_name: one.user, complained_at: one.at, body: one.text,
      problem_id: one.problemId, word_id: word.wordId,
    }).execute()
  })
}

/** @returns false when there is no such complaint */
export function judgeComplaint(db: Kysely<Database>, one: Judgement, word: SignedWord): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const complaint = await trx.selectFrom('service_complaints').select('district').where('complaint_id', '=', one.complaintId)
      .executeTakeFirst()
    if (!complaint) return false
    await storeWord(trx, 'judgement', complaint.district, word, { complaint: one.complaintId, upheld: one.upheld ? 'yes' : 'no' })
    await trx.insertInto('service_judgements')
      .values({ word_id: word.wordId, complaint_id: one.complaintId, upheld: one.upheld, reason: one.reason, judged_at: word.at })
      .execute()
    return true
  })
}

export function addRating(db: Kysely<Database>, one: Rating, word: SignedWord): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await storeWord(trx, 'rating', one.district, word, { month: one.month, score: one.score })
    await trx.insertInto('service_ratings').values({
      word_id: word.wordId, district: one.district, month: one.month, user_name: one.user, score: String(one.score),
      comment: one.comment,
    }).execute()
  })
}

export interface ListedComplaint extends Complaint {
  upheld: boolean | null; judgedBy: string | null; reason: string | null; recordedBy: string
}

/** Complaints with the judgement that holds, the oldest first. Times are ISO 8601 UTC. */
export async function listComplaints(db: Kysely<Database>, districts?: readonly string[]): Promise<ListedComplaint[]> {
  const { rows } = await sql<Omit<ListedComplaint, 'at'> & { at: Date }>`
    select c.complaint_id as "complaintId", c.district, c.user_name as "user", c.complained_at as at, c.body as text, c.problem_id as "problemId",
      j.upheld, j.actor as "judgedBy", j.reason, w.actor as "recordedBy"
    from service_complaints c join service_words w using (word_id)
    left join lateral (select upheld, reason, actor from service_judgements j join service_words s using (word_id)
      where j.complaint_id = c.complaint_id order by judgement_no desc limit 1) j on true
    where ${districts ? sql`c.district = any(${[...districts]}::text[])` : sql`true`} order by c.complained_at, c.complaint_id`.execute(db)
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}
