import { type Kysely, sql } from 'kysely'

/** Confirmations of reconciliations 对账确认: what each one is for, and who said so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // Both sides of each reconciliation of the run as last compared; party '' is the whole. The digest is what is confirmed.
  `create table reconciliation_balances (
    run_id int not null references runs, reconciliation text not null, party text not null, generation int not null,
    state text not null, a bigint not null, b bigint not null, differences int not null, digest text not null,
    primary key (run_id, reconciliation, party))`,
  // The balance that was confirmed stays, whatever became of it; the signed word is in decisions.
  `create table confirmations (
    decision_id uuid primary key references decisions, reconciliation text not null, party text not null, confirmer text not null,
    a bigint not null, b bigint not null, differences int not null, digest text not null)`,
  // One more kind of decision, beside whatever kinds there are by now.
  `do $$ declare allowed text; begin
    select pg_get_constraintdef(oid) into strict allowed from pg_constraint where conrelid = 'decisions'::regclass and conname = 'decisions_kind_check';
    alter table decisions drop constraint decisions_kind_check;
    execute 'alter table decisions add constraint decisions_kind_check ' || replace(allowed, 'ARRAY[', 'ARRAY[''confirm''::text, ');
  end $$`,
]
