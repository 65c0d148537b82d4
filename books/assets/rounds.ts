/** Rounds of the joint review 会审轮次: a unit's next workbook is a new round once it asks something else than the last. */
import type { Kysely } from 'kysely'
import type { Database } from '../tables.ts'
import { type UnitRows, countLeft, rowsDigest } from './rows.ts'

export interface RoundRequest { scopeId: number; inputVersion: number; by: string | null }

/** The round of a unit's workbook; `fresh` when this workbook opens it. Asking the same again stays in its round. */
export async function openRound(
  db: Kysely<Database>, { scopeId, inputVersion, by }: RoundRequest, { unit, rows }: UnitRows,
): Promise<{ round: number; fresh: boolean }> {
  const digest = rowsDigest(rows)
  return db.transaction().execute(async (trx) => {
    await trx.selectFrom('scopes').select('scope_id').where('scope_id', '=', scopeId).forNoKeyUpdate().execute()
    const last = await trx.selectFrom('asset_rounds').select(['round', 'content_digest']).where('scope_id', '=', scopeId)
      .where('unit', '=', unit)
      .orderBy('round', 'desc').executeTakeFirst()
    if (last?.content_digest === digest) return { round: last.round, fresh: false }
    const round = (last?.round ?? 0) + 1
    await trx.insertInto('asset_rounds').values({
      scope_id: scopeId, unit, round, input_version: inputVersion, content_digest: digest, rows: rows.length,
      left_open: JSON.stringify(countLeft(rows)), made_by: by,
    }).execute()
    return { round, fresh: true }
  })
}
