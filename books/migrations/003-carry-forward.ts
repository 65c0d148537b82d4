import { type Kysely, sql } from 'kysely'

/**
 * Results of the carry-forward. The rows of a plan are written once, under a generation whose state says whether they
 * count: what is approved is the plan's digest, and what goes live is exactly those rows or nothing. Corrections are
 * new generations and reversals; no row is ever changed or deleted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const DIMENSION_COLUMNS = `unit text not null default '', function text not null default '', revenue text not null default '',
  economic text not null default '', project text not null default '', fund text not null default '', counterparty text not null default ''`

const STATEMENTS = [
  `create table carry_forwards (
    carry_id int generated always as identity primary key, run_id int not null references runs, scope_id int not null references scopes,
    generation int not null, state text not null check (state in ('planned', 'live', 'reversed', 'discarded')),
    input_version int not null, plan_digest text not null, totals jsonb not null, proof jsonb,
    planned_at timestamptz not null default now(), live_at timestamptz, reversed_at timestamptz, reversed_because text,
    unique (run_id, generation))`,
  // Only one generation of a real run counts at a time.
  `create unique index carry_forwards_one_live on carry_forwards (run_id) where state = 'live'`,
  `create table closing_entries (
    carry_id int not null references carry_forwards, sequence int not null, rule text not null, book text not null, voucher text not null,
    line int not null, date date not null, account text not null, ${DIMENSION_COLUMNS},
    debit bigint not null, credit bigint not null, reversal boolean not null default false, summary text not null,
    primary key (carry_id, reversal, sequence))`,
  `create table opening_balances (
    carry_id int not null references carry_forwards, book text not null, account text not null, ${DIMENSION_COLUMNS},
    balance bigint not null check (balance <> 0),
    primary key (carry_id, book, account, unit, function, revenue, economic, project, fund, counterparty))`,
  `create table indicator_dispositions (
    carry_id int not null references carry_forwards, indicator text not null, remaining bigint not null,
    disposition text not null check (disposition in ('carry', 'surplus')), amount bigint not null, reason text not null,
    primary key (carry_id, indicator))`,
  `create table new_indicators (
    carry_id int not null references carry_forwards, indicator text not null, unit text, function text, economic text, project text,
    fund text, origin_year int not null, category text not null, amount bigint not null, source text not null,
    primary key (carry_id, indicator))`,
]
