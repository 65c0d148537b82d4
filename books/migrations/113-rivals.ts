import { type Kysely, sql } from 'kysely'

/**
 * rivals: of a match by day and amount, the other lines and rows of the same party and amount that lie just as many days
 * apart from its own. Which of them it is was settled by the order of references and entries, not by the data.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table reconcile_matches add column rivals int not null default 0').execute(db)
}
