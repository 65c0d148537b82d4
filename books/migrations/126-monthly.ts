import { type Kysely, sql } from 'kysely'

/** Monthly reconciliations 月度对账: apart from the runs of the year-end, whose steps, findings and approvals they never touch. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // One check of one reconciliation for one month; the latest counts, earlier ones stay.
  `create table monthly_checks (
    check_id int generated always as identity primary key, scope_id int not null references scopes, month text not null check (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    reconciliation text not null, state text not null, a bigint not null, b bigint not null, keys int not null, unequal int not null,
    input_version int not null, rules_digest text not null references rule_packs, ran_by text not null, ran_at timestamptz not null default now())`,
  `create index monthly_checks_latest on monthly_checks (scope_id, reconciliation, month, check_id)`,
  `create table monthly_differences (
    check_id int not null references monthly_checks, key text not null, severity text not null, amount bigint,
    message_zh text not null, message_en text not null, facts jsonb not null, primary key (check_id, key))`,
]
