/** What an import says of corrections: a re-import neither undoes nor keeps one without a word. */
import type { Sql } from './cards.ts'
import type { Reapplied } from './overlay.ts'

/**
 * `kept`: the files still hold the old value; `adopted`: they hold the corrected one by now; `ended`: they hold a third value, or
 * the card is gone.
 */
export interface CorrectionsKept { kept: number; adopted: number; ended: readonly Reapplied[] }

/** Undefined when there was no correction to speak of. */
export function correctionsKept(reapplied: readonly Reapplied[]): CorrectionsKept | undefined {
  if (reapplied.length === 0) return undefined
  const count = (became: Reapplied['became']) => reapplied.filter((one) => one.became === became).length
  return {
    kept: count('kept'), adopted: count('adopted'),
    ended: reapplied.filter(({ became }) => became === 'superseded' || became === 'gone'),
  }
}

/** The same folder again: every correction in force stays. */
export async function stillInForce(db: Sql, district: string, year: number): Promise<CorrectionsKept | undefined> {
  const { rows } = await db.query<{ n: number }>(`select count(*)::int as n from asset_corrections join asset_cards using (card_id) join scopes using (scope_id)
    where district = $1 and year = $2 and ended_because is null`, [district, year])
  return rows[0]!.n === 0 ? undefined : { kept: rows[0]!.n, adopted: 0, ended: [] }
}
