/** The cards that answers of a workbook speak of. */
import { type CardRow, type Sql, cardsNumbered, cardsOnLines, valueMark } from './cards.ts'
import type { Answer } from './read-workbook.ts'

/** Rows of cards that were corrected before: their numbers may be other ones by now. */
export async function correctedRows(db: Sql, scopeId: number): Promise<Set<number>> {
  const { rows } = await db.query<{ row_id: number }>(
    'select row_id from asset_cards where scope_id = $1 and row_id is not null', [scopeId],
  )
  return new Set(rows.map(({ row_id }) => row_id))
}

/** Finds the card of an answer: on its line if it is still there, else by its number, where a re-import has moved it. */
export async function cardFinder(
  db: Sql, scopeId: number, answers: readonly Answer[],
): Promise<(answer: Answer) => CardRow | undefined> {
  const placed = answers.filter(({ code }) => code.line !== null)
  const onLine = await cardsOnLines(db, scopeId, placed.map(({ code }) => code.line!))
  const fits = (card: CardRow | undefined, { code }: Answer) =>
    card !== undefined && code.field !== null && valueMark(card, code.field) === code.mark
  const lost = placed.filter((answer) => !fits(onLine.get(answer.code.line!), answer))
  const history = lost.length === 0 ? [] : await knownNumbers(db, scopeId, lost)
  const moved = await cardsNumbered(db, scopeId, history)
  return (answer) => {
    const card = onLine.get(answer.code.line!)
    return fits(card, answer) ? card : moved.find((one) => fits(one, answer)) ?? card
  }
}

/** The numbers of the findings that the answers speak of: a card's finding is keyed by its number. */
async function knownNumbers(db: Sql, scopeId: number, answers: readonly Answer[]): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(`select distinct f.key from findings f join runs r using (run_id)
    where r.scope_id = $1 and f.finding_id = any($2::text[])`, [scopeId, [...new Set(answers.map(({ code }) => code.finding))]])
  return rows.map(({ key }) => key)
}
