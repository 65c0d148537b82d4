import { type Kysely, sql } from 'kysely'

/** The new year's setup tables, as each run's initialisation made them, and the documents carried over. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table new_setup_items (
    run_id int not null references runs, generation int not null, table_name text not null, code text not null, name text, parent text,
    value text, treatment text not null, source_code text, changed boolean not null, live boolean not null default true,
    primary key (run_id, generation, table_name, code))`,
  `create table new_periods (
    run_id int not null references runs, generation int not null, period text not null, starts_on date not null, ends_on date not null,
    primary key (run_id, generation, period))`,
  `create table carried_documents (
    run_id int not null references runs, type text not null, number text not null, new_number text not null, unit text, amount bigint not null,
    decision_id uuid, primary key (run_id, type, number))`,
]
