/** Signed words of people on problems: stored before they are brought to the workflow, judged once, never changed after. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { ProblemAction } from '../../domain/problems.ts'
import type { Database } from '../tables.ts'

export interface StoredWord {
  wordId: string
  problemId: string
  action: ProblemAction
  actor: string
  payload: string
  signature: string
  submittedAt: Date
  accepted: boolean | null
  refusalCode: string | null
  refusalZh: string | null
  refusalEn: string | null
}

/** Stores a word; it counts for nothing until it was judged. */
export async function storeWord(
  db: Kysely<Database>,
  word: Pick<StoredWord, 'wordId' | 'problemId' | 'action' | 'actor' | 'payload' | 'signature'> & { entryKey?: string },
): Promise<void> {
  await db.insertInto('problem_words').values({
    word_id: word.wordId, problem_id: word.problemId, action: word.action, actor: word.actor, payload: word.payload,
    signature: word.signature,
    entry_key: word.entryKey ?? null,
  }).execute()
}

/** The word, locked until the transaction ends; undefined when there is none of that id. */
export async function lockWord(trx: Transaction<Database>, wordId: string): Promise<StoredWord | undefined> {
  return trx.selectFrom('problem_words').select([
    'word_id as wordId', 'problem_id as problemId', 'action', 'actor', 'payload', 'signature', 'submitted_at as submittedAt',
    'accepted',
    'refusal_code as refusalCode', 'refusal_zh as refusalZh', 'refusal_en as refusalEn',
  ]).where('word_id', '=', wordId).forUpdate().executeTakeFirst()
}

export interface Verdict { code: string; zh: string; en: string }

/** Writes down what became of a word. */
export async function judgedWord(trx: Transaction<Database>, wordId: string, no: Verdict | null): Promise<void> {
  await trx.updateTable('problem_words')
    .set({
      judged_at: new Date(), accepted: no === null, refusal_code: no?.code ?? null, refusal_zh: no?.zh ?? null,
      refusal_en: no?.en ?? null,
    })
    .where('word_id', '=', wordId).execute()
}

/** An earlier report of a problem: refused ones do not count. */
export interface EarlierReport {
  wordId: string; problemId: string; payload: string; judged: boolean; submittedAt: Date; state: string | null
}

/** The report that a problem's id belongs to. */
export function reportOf(db: Kysely<Database>, problemId: string): Promise<EarlierReport | undefined> {
  return earlier(db).where('w.problem_id', '=', problemId).orderBy('w.submitted_at').executeTakeFirst()
}

/** The latest report of that key; `within` milliseconds, and only while its problem is not resolved, unless `always`. */
export function sameReport(
  db: Kysely<Database>, entryKey: string, { within, always }: { within: number | null; always: boolean },
): Promise<EarlierReport | undefined> {
  let query = earlier(db).where('w.entry_key', '=', entryKey)
  if (within !== null) query = query.where('w.submitted_at', '>', sql<Date>`now() - make_interval(secs => ${within / 1000})`)
  if (!always) query = query.where((eb) => eb.or([eb('p.state', 'is', null), eb('p.state', '<>', 'resolved')]))
  return query.orderBy('w.submitted_at', 'desc').executeTakeFirst()
}

const earlier = (db: Kysely<Database>) => db.selectFrom('problem_words as w')
  .leftJoin('problems as p', 'p.problem_id', 'w.problem_id')
  .select(['w.word_id as wordId', 'w.problem_id as problemId', 'w.payload', 'w.submitted_at as submittedAt', 'p.state'])
  .select(sql<boolean>`w.judged_at is not null`.as('judged'))
  .where('w.action', '=', 'open').where((eb) => eb.or([eb('w.accepted', 'is', null), eb('w.accepted', '=', true)]))

/** Whether nobody else has this key; it is held until the transaction ends. */
export async function tryKey(trx: Transaction<Database>, key: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${`problem:${key}`}, 0)) as free`.execute(trx)
  return rows[0]!.free
}

/** One at a time for everything that has this key, until the transaction ends. */
export async function lockKey(trx: Transaction<Database>, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`problem:${key}`}, 0))`.execute(trx)
}
