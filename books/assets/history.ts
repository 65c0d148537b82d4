/** The history of corrected cards: what was imported, and every version since, with who, when, why, the old value and the new. */
import type { CorrectionEnd } from '../asset-tables.ts'
import type { Sql } from './cards.ts'

export interface FieldChange {
  field: string
  /** Values as the books hold them; null is empty. */
  imported: string | null
  from: string | null
  to: string | null
  rule: string
  findingId: string
  reason: string
  /** `in-force`, or how it ended, with the version of the input and the value that ended it. */
  standing: 'in-force' | CorrectionEnd
  endedVersion: number | null
  endedValue: string | null
}

export interface CardVersion {
  version: number; at: string; actor: string; round: number; inputVersion: number; batchId: string; changes: FieldChange[]
}

export interface CardHistory {
  assetNo: string | null
  cardNo: string | null
  unit: string | null
  name: string | null
  /** The whole row as it was imported last, before any correction. */
  imported: Record<string, string | null>
  /** From version 2 on; version 1 is what was imported. */
  versions: CardVersion[]
}

interface Row extends FieldChange {
  cardId: number; assetNo: string | null; cardNo: string | null; unit: string | null; cardImported: Record<string, string | null>
  version: number; at: Date; actor: string; round: number; inputVersion: number; batchId: string
}

/**
 * Histories of a district's corrected cards, by number.
 * @param card asset number or card number, as imported or as corrected; every corrected card without it
 */
export async function cardHistories(db: Sql, district: string, year: number, card?: string): Promise<CardHistory[]> {
  const { rows } = await db.query<Row>(`
    select c.card_id as "cardId", c.asset_no as "assetNo", c.card_no as "cardNo", c.unit, c.imported as "cardImported",
      k.card_version as version, b.applied_at as at, b.actor, k.round, b.input_version as "inputVersion", b.batch_id as "batchId",
      k.field, k.imported_value as imported, k.old_value as "from", k.new_value as "to", k.rule, k.finding_id as "findingId", k.reason,
      coalesce(k.ended_because, 'in-force') as standing, k.ended_version as "endedVersion", k.ended_value as "endedValue"
    from scopes s join asset_cards c using (scope_id) join asset_corrections k using (card_id) join asset_batches b using (batch_id)
    where s.district = $1 and s.year = $2 and ($3::text is null or $3 in (c.asset_no, c.card_no)
      or exists (select from asset_corrections n where n.card_id = c.card_id and n.field in ('asset_no', 'card_no') and n.new_value = $3))
    order by c.asset_no collate "C" nulls first, c.card_id, k.card_version, k.correction_id`, [district, year, card ?? null])
  const cards = new Map<number, CardHistory>()
  for (const row of rows) {
    const { cardId, assetNo, cardNo, unit, cardImported, version, at, actor, round, inputVersion, batchId, ...change } = row
    const history = cards.get(cardId)
      ?? { assetNo, cardNo, unit, name: cardImported.name ?? null, imported: cardImported, versions: [] }
    cards.set(cardId, history)
    const last = history.versions.at(-1)
    if (last?.version === version) last.changes.push(change)
    else history.versions.push({ version, at: at.toISOString(), actor, round, inputVersion, batchId, changes: [change] })
  }
  return [...cards.values()]
}
