import { type Kysely, sql } from 'kysely'

/**
 * Matches of line-by-line reconciliations, as the latest run of the step made them. Matches by reference follow from the
 * input itself and are listed from there (books/read-model/matches.ts): a million of them are not written down a second time.
 * state: `matched`; `suggested` the only lines and rows left whose sums agree; `ambiguous` one of several such groups.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table reconcile_matches (
    run_id int not null, reconciliation text not null, generation int not null, pass text not null check (pass in ('date', 'n:1', '1:n', 'n:m')),
    state text not null default 'matched' check (state in ('matched', 'suggested', 'ambiguous')), match_no int not null,
    side text not null check (side in ('a', 'b')), member int not null, key text not null, party text not null, reference text not null,
    date date, amount bigint not null, file_line int, file_id int,
    primary key (run_id, reconciliation, match_no, side, member))`,
]
