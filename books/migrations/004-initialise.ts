import { type Kysely, sql } from 'kysely'

/**
 * The new year's setup tables, as each run's initialisation made them, and the documents carried over.
 * A generation holds the rows that go into force (`live`) and, beside them, those of the old year that are dropped: the
 * difference report of the two years is this table alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table new_setup_items (
    run_id int not null references runs, generation int not null, table_name text not null, code text not null, name text, parent text,
    value text, treatment text not null,
    change text not null check (change in ('same', 'added', 'dropped', 'renamed', 'changed')), changed boolean not null, live boolean not null,
    -- the old year's code or codes, joined by ';', where they are not this very code; and what stood there before
    source_code text, old_name text, old_parent text, old_value text,
    primary key (run_id, generation, table_name, code))`,
  `create table new_periods (
    run_id int not null references runs, generation int not null, period text not null, starts_on date not null, ends_on date not null,
    primary key (run_id, generation, period))`,
  `create table carried_documents (
    run_id int not null references runs, type text not null, number text not null, new_number text not null, unit text, amount bigint not null,
    decision_id uuid, primary key (run_id, type, number))`,
]
