import { type Kysely, sql } from 'kysely'

/** Opening balances of the accounts that are reconciled line by line, by party, for the 余额调节表; as of the last check of the run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`create table statement_openings (
    run_id int not null references runs, reconciliation text not null, party text not null, opening bigint not null,
    primary key (run_id, reconciliation, party))`).execute(db)
}
