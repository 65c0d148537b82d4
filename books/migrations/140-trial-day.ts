import { type Kysely, sql } from 'kysely'

/**
 * What became of the trial day of each generation of `initialise`: the test documents themselves are rolled back, this is
 * their protocol. One row for each class of document and check.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table trial_documents (
    run_id int not null references runs, generation int not null, place smallint not null, class text not null, day date not null,
    number text, unit text, indicator text, amount bigint not null,
    result text not null check (result in ('passed', 'failed', 'not-tried')),
    primary key (run_id, generation, class))`,
  `create table trial_checks (
    run_id int not null, generation int not null, class text not null, check_id text not null, name text not null,
    result text not null check (result in ('passed', 'failed', 'not-tried')), zh text not null, en text not null,
    primary key (run_id, generation, class, check_id),
    foreign key (run_id, generation, class) references trial_documents on delete cascade)`,
]
