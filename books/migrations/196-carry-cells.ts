import { type Kysely, sql } from 'kysely'

/**
 * What makes the check and the proof of a plan quick, and says nothing that its rows do not say:
 * the cell of the input that a row's codes are, where the writer knows it (the proof compares the codes before it uses it), and
 * the transaction and number of the rows that the digest was taken over, and that digest.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `alter table closing_entries add column cell_id int`,
  `alter table opening_balances add column cell_id int`,
  `alter table carry_forwards add column written_in xid8, add column written_rows int, add column written_digest text`,
]
