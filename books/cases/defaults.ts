/** Default dispositions: signed by a person beforehand, for a type or one document of a district and year. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { Disposition } from '../../domain/documents.ts'
import type { Database } from '../tables.ts'

export type DefaultAction = Exclude<Disposition, 'complete'>

export interface StoredDefault {
  defaultId: string
  scopeId: number
  kind: 'approve' | 'withdraw'
  target: string | null
  type: string
  /** '' for every document of the type. */
  number: string
  action: DefaultAction
  comment: string
  actor: string
  payload: string
  signature: string
  accepted: boolean | null
  withdrawnAt: Date | null
  refusalCode: string | null
  refusalZh: string | null
  refusalEn: string | null
}

const COLUMNS = [
  'default_id as defaultId', 'scope_id as scopeId', 'kind', 'target', 'type', 'number', 'action', 'comment', 'actor', 'payload',
  'signature', 'accepted',
  'withdrawn_at as withdrawnAt', 'refusal_code as refusalCode', 'refusal_zh as refusalZh', 'refusal_en as refusalEn',
] as const

/** Stores a signed word on a default before it is submitted; it counts for nothing until it was judged. */
export async function storeDefault(
  db: Kysely<Database>, word: Omit<StoredDefault, 'accepted' | 'withdrawnAt' | 'refusalCode' | 'refusalZh' | 'refusalEn'>,
): Promise<void> {
  const { defaultId, scopeId, kind, target, type, number, action, comment, actor, payload, signature } = word
  await db.insertInto('document_defaults')
    .values({ default_id: defaultId, scope_id: scopeId, kind, target, type, number, action, comment, actor, payload, signature })
    .execute()
}

/** The word, locked until the transaction ends. */
export function lockDefault(trx: Transaction<Database>, defaultId: string): Promise<StoredDefault | undefined> {
  return trx.selectFrom('document_defaults').select(COLUMNS).where('default_id', '=', defaultId).forUpdate().executeTakeFirst()
}

/** A word by its id. */
export function findDefault(db: Kysely<Database>, defaultId: string): Promise<StoredDefault | undefined> {
  return db.selectFrom('document_defaults').select(COLUMNS).where('default_id', '=', defaultId).executeTakeFirst()
}

/** Words of a district that were stored and not judged, oldest first. */
export async function unjudgedDefaults(db: Kysely<Database>, scopeId: number): Promise<string[]> {
  const rows = await db.selectFrom('document_defaults').select('default_id').where('scope_id', '=', scopeId)
    .where('accepted', 'is', null)
    .orderBy('submitted_at').orderBy('default_id').execute()
  return rows.map((row) => row.default_id)
}

/** The default that stands for exactly this type and number ('' = the type), if there is one. */
export function standingDefault(
  db: Kysely<Database>, scopeId: number, type: string, number: string,
): Promise<StoredDefault | undefined> {
  return db.selectFrom('document_defaults').select(COLUMNS).where('scope_id', '=', scopeId).where('type', '=', type)
    .where('number', '=', number)
    .where('kind', '=', 'approve').where('accepted', '=', true).where('withdrawn_at', 'is', null).executeTakeFirst()
}

export interface ListedDefault {
  id: string; district: string; year: number; type: string; number: string; action: DefaultAction; comment: string; actor: string
  approvedAt: string | null; accepted: boolean | null; refusal: { zh: string; en: string } | null; withdrawnAt: string | null
  withdrawnBy: string | null
}

/** Approved, refused and withdrawn defaults of a year, by district, type and number. */
export async function listDefaults(db: Kysely<Database>, year: number, districts?: readonly string[]): Promise<ListedDefault[]> {
  const some = districts?.length ? sql`and s.district = any(${[...districts]}::text[])` : sql``
  const { rows } = await sql<Omit<ListedDefault, 'refusal' | 'approvedAt' | 'withdrawnAt'> & {
    refusal_zh: string | null; refusal_en: string | null; judged_at: Date | null; withdrawn_at: Date | null
  }>`
    select d.default_id as id, s.district, s.year, d.type, d.number, d.action, d.comment, d.actor, d.judged_at, d.accepted, d.refusal_zh, d.refusal_en,
      d.withdrawn_at, d.withdrawn_by as "withdrawnBy"
    from document_defaults d join scopes s using (scope_id)
    where s.year = ${year} and d.kind = 'approve' ${some}
    order by s.district collate "C", d.type collate "C", d.number collate "C", d.submitted_at`.execute(db)
  return rows.map(({ refusal_zh, refusal_en, judged_at, withdrawn_at, ...row }) => ({
    ...row, approvedAt: judged_at?.toISOString() ?? null, withdrawnAt: withdrawn_at?.toISOString() ?? null,
    refusal: refusal_zh === null ? null : { zh: refusal_zh, en: refusal_en ?? refusal_zh },
  }))
}
