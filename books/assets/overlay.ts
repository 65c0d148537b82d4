/** Corrections over the cards as imported: they are written into the current rows, and written again after a re-import. */
import type { CorrectionEnd } from '../asset-tables.ts'
import type { Sql } from './cards.ts'

/** A value to write into a card. */
export interface Change { rowId: number; field: string; value: string | null }

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`

/** Writes values into rows of `table`; fields are columns of assets. One statement for each field. */
export async function writeFields(db: Sql, table: string, scopeId: number, changes: readonly Change[]): Promise<void> {
  const types = await columnTypes(db)
  for (const field of [...new Set(changes.map((change) => change.field))].sort()) {
    const rows = changes.filter((change) => change.field === field).map(({ rowId, value }) => ({ row_id: rowId, value }))
    await db.query(`update ${table} a set ${quoted(field)} = c.value::${types.get(field)!} from jsonb_to_recordset($1::jsonb) as c(row_id int, value text)
      where a.scope_id = $2 and a.row_id = c.row_id`, [JSON.stringify(rows), scopeId])
  }
}

async function columnTypes(db: Sql): Promise<Map<string, string>> {
  const { rows } = await db.query<{ name: string; type: string }>(`select attname as name, format_type(atttypid, atttypmod) as type
    from pg_attribute where attrelid = 'books.assets'::regclass and attnum > 0 and not attisdropped`)
  return new Map(rows.map(({ name, type }) => [name, type]))
}

/** A correction that holds, with the card as it was imported last. */
export interface InForce {
  correctionId: string
  cardId: number
  field: string
  imported: string | null
  value: string | null
}

/** What became of one correction at an import. */
export interface Reapplied {
  assetNo: string | null; field: string; corrected: string | null; imported: string | null; became: 'kept' | CorrectionEnd
}

interface CardInForce {
  cardId: number; name: (string | null)[]; effective: (string | null)[]; imported: Record<string, string | null>
  corrections: InForce[]
}

/**
 * Brings the corrections in force over a freshly imported table of cards (CONTRACT §1: an import says what changed).
 * - the import still has the old value: the correction stays in force, and is named;
 * - the import has the corrected value: it was adopted at its source and ends;
 * - the import has a third value: the later word counts, the correction ends;
 * - the card is gone: the correction ends with it.
 * @param table quoted name of the stand-alone table of the new version
 */
export async function reapply(db: Sql, scopeId: number, table: string, version: number): Promise<Reapplied[]> {
  const cards = await cardsInForce(db, scopeId)
  // What no correction holds on to is a plain card again; its history stays.
  await db.query('update asset_cards set row_id = null where scope_id = $1 and not (card_id = any($2::int[]))', [
    scopeId, cards.map(({ cardId }) => cardId),
  ])
  if (cards.length === 0) return []
  const found = await matchCards(db, table, cards)
  const became: Reapplied[] = []
  const ends: { id: string; because: CorrectionEnd; value: string | null }[] = []
  const changes: Change[] = []
  for (const card of cards) {
    const row = found.get(card.cardId)
    for (const one of card.corrections) {
      const now = row ? row.values[one.field] ?? null : null
      const end = !row ? 'gone' : now === one.value ? 'adopted' : now === one.imported ? null : 'superseded'
      became.push({ assetNo: card.name[0] ?? null, field: one.field, corrected: one.value, imported: now, became: end ?? 'kept' })
      if (end) ends.push({ id: one.correctionId, because: end, value: now })
      else changes.push({ rowId: row!.rowId, field: one.field, value: one.value })
    }
  }
  await writeFields(db, table, scopeId, changes)
  await db.query(`update asset_corrections c set ended_because = e.because, ended_version = $2, ended_value = e.value
    from jsonb_to_recordset($1::jsonb) as e(id bigint, because text, value text) where c.correction_id = e.id`, [
      JSON.stringify(ends), version,
    ])
  const rows = cards.map(({ cardId }) => ({
    card_id: cardId, row_id: found.get(cardId)?.rowId ?? null, imported: found.get(cardId)?.values ?? null,
  }))
  await db.query(`update asset_cards c set row_id = r.row_id, imported = coalesce(r.imported, c.imported)
    from jsonb_to_recordset($1::jsonb) as r(card_id int, row_id int, imported jsonb) where c.card_id = r.card_id`, [JSON.stringify(rows)])
  return became
}

async function cardsInForce(db: Sql, scopeId: number): Promise<CardInForce[]> {
  const { rows } = await db.query<{ cardId: number; imported: Record<string, string | null>; corrections: InForce[] }>(`
    select c.card_id as "cardId", c.imported, jsonb_agg(jsonb_build_object('correctionId', k.correction_id::text, 'cardId', c.card_id, 'field', k.field,
      'imported', k.imported_value, 'value', k.new_value) order by k.correction_id) as corrections
    from asset_cards c join asset_corrections k using (card_id) where c.scope_id = $1 and k.ended_because is null group by c.card_id order by c.card_id`, [scopeId])
  return rows.map(({ cardId, imported, corrections }) => {
    const effective = { ...imported, ...Object.fromEntries(corrections.map(({ field, value }) => [field, value])) }
    return { cardId, imported, corrections, name: identity(imported), effective: identity(effective) }
  })
}

const IDENTITY = ['asset_no', 'card_no', 'unit'] as const
const identity = (values: Record<string, string | null>) => IDENTITY.map((field) => values[field] ?? null)

interface Candidate { cardId: number; rowId: number; line: number; values: Record<string, string | null>; same: number }

/**
 * The row of each card in the new table: a row of its numbers and unit, as imported or as corrected, and of several the one
 * that says the most of what the card said. No row stands for two cards.
 */
async function matchCards(db: Sql, table: string, cards: readonly CardInForce[]): Promise<Map<number, Candidate>> {
  const names = cards.flatMap(({ cardId, name, effective, imported }) => [name, effective].map((one) => ({
    card_id: cardId, one: JSON.stringify(one), imported,
  })))
  const { rows } = await db.query<Candidate>(`
    select distinct on (n.card_id, a.row_id) n.card_id as "cardId", a.row_id as "rowId", a.file_line as line, v.values, (
      select count(*)::int from jsonb_each_text(n.imported) i where v.values ->> i.key is not distinct from i.value) as same
    from jsonb_to_recordset($1::jsonb) as n(card_id int, one jsonb, imported jsonb)
    join ${table} a on coalesce(a.asset_no, '') = coalesce(n.one ->> 0, '') and coalesce(a.card_no, '') = coalesce(n.one ->> 1, '') and coalesce(a.unit, '') = coalesce(n.one ->> 2, '')
    cross join lateral (select jsonb_object_agg(key, value) as values from jsonb_each_text(to_jsonb(a) - 'scope_id' - 'row_id' - 'file_line')) v`,
  [JSON.stringify(names.map(({ one, ...rest }) => ({ ...rest, one: JSON.parse(one) as unknown })))])
  const found = new Map<number, Candidate>()
  const taken = new Set<number>()
  const unnamed = new Set(cards.filter(({ name, effective }) =>
    [name, effective].every(([assetNo, cardNo]) => !assetNo && !cardNo))
    .map(({ cardId }) => cardId))
  for (const one of rows.sort((a, b) => b.same - a.same || a.cardId - b.cardId || a.line - b.line)) {
    if (found.has(one.cardId) || taken.has(one.rowId)) continue
    // A card without any number is known by its name.
    if (unnamed.has(one.cardId) && one.values.name !== cards.find(({ cardId }) => cardId === one.cardId)!.imported.name) continue
    found.set(one.cardId, one)
    taken.add(one.rowId)
  }
  return found
}
