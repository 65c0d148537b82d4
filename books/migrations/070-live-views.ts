import { type Kysely, sql } from 'kysely'

/**
 * What live screens need: an index that counts findings without reading them, and one notification at commit for each
 * transaction that changed something a screen shows (PostgreSQL joins equal notifications of a transaction into one).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const WATCHED = ['runs', 'step_states', 'findings', 'decisions', 'notifications', 'input_versions']

const STATEMENTS = [
  `create index runs_by_scope on runs (scope_id, kind, run_id)`,
  `create index findings_counted on findings (run_id, step, severity, status) where closed_by is distinct from 'recheck'`,
  `create index step_history_by_run on step_history (run_id, history_id)`,
  `create index notifications_unseen on notifications (run_id) where seen_at is null`,
  `create function announce_change() returns trigger language plpgsql as $$
    begin perform pg_notify('nianjie_changed', ''); return null; end $$`,
  ...WATCHED.map((table) => `create trigger announce_change after insert or update or delete on ${table}
    for each statement execute function announce_change()`),
]
