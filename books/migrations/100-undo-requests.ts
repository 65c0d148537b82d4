import { type Kysely, sql } from 'kysely'

/**
 * An undo that somebody asked for and nobody has decided yet is a wait on a person like any other: with a deadline, alarms
 * and a place in the queue. The signed words are in decisions; this is what the workflow says of the wait.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // request_id is the decision that asked. fallen: another carry-forward came into force, or the run was cancelled.
  `create table undo_requests (
    request_id uuid primary key references decisions, run_id int not null references runs,
    state text not null check (state in ('open', 'approved', 'rejected', 'fallen')),
    waiting_on text not null, waiting_since timestamptz not null, deadline timestamptz not null, escalation_level int not null default 0,
    closed_at timestamptz, check ((closed_at is null) = (state = 'open')))`,
  `create unique index undo_requests_one_open on undo_requests (run_id) where closed_at is null`,
  `create trigger announce_change after insert or update or delete on undo_requests for each statement execute function announce_change()`,
  `alter table notifications add column undo_request uuid references undo_requests,
    drop constraint notifications_run_id_step_generation_kind_level_due_at_key`,
  `create unique index notifications_once on notifications (run_id, step, generation, kind, level, due_at,
    coalesce(undo_request, '00000000-0000-0000-0000-000000000000'))`,
  // Each migration adds its own words to those that are allowed.
  `do $$ declare allowed text; begin
    select pg_get_constraintdef(oid) into strict allowed from pg_constraint where conrelid = 'decisions'::regclass and conname = 'decisions_kind_check';
    alter table decisions drop constraint decisions_kind_check;
    execute 'alter table decisions add constraint decisions_kind_check ' || replace(allowed, 'ARRAY[', 'ARRAY[''reject-undo''::text, ');
  end $$`,
]
