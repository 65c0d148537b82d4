import { type Kysely, sql } from 'kysely'

/**
 * Results of the carry-forward. The rows of a plan are written once, under a generation whose state says whether they
 * count: what is approved is the plan's digest, and what goes live is exactly those rows or nothing. Corrections are
 * new generations and reversals; no row is ever changed or deleted.
 * Rows carry codes, not cell numbers: they outlive the input that they came from.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const DIMENSION_COLUMNS = `unit text not null default '', function text not null default '', revenue text not null default '',
  economic text not null default '', project text not null default '', fund text not null default '', counterparty text not null default ''`

const STATEMENTS = [
  `create table carry_forwards (
    carry_id int generated always as identity primary key, run_id int not null references runs, scope_id int not null references scopes,
    generation int not null, rehearsal boolean not null,
    state text not null check (state in ('planned', 'live', 'reversed', 'discarded')),
    -- planned past open blocking findings: only a rehearsal does that, and it never goes live
    provisional boolean not null default false,
    input_version int not null, plan_digest text not null, totals jsonb not null, proof jsonb,
    -- the live generation that stood when this one was planned: the lineage of a late change
    replaces int references carry_forwards,
    planned_at timestamptz not null default now(), live_at timestamptz, reversed_at timestamptz, reversed_because text,
    check (not provisional or (rehearsal and state in ('planned', 'discarded'))))`,
  `create index carry_forwards_by_run on carry_forwards (run_id)`,
  `create unique index carry_forwards_one_planned on carry_forwards (run_id) where state = 'planned'`,
  // Only one generation of a district's year counts as its books at a time; a rehearsal keeps its own.
  `create unique index carry_forwards_one_live on carry_forwards (scope_id) where state = 'live' and not rehearsal`,
  `create unique index carry_forwards_one_live_of_run on carry_forwards (run_id) where state = 'live'`,
  // The rules as they stood, in order: exports and explanations name them without the configuration of that time.
  `create table carry_rules (
    carry_id int not null references carry_forwards, rule_no smallint not null, rule text not null, system text not null,
    name_zh text not null, name_en text not null, source text not null, primary key (carry_id, rule_no))`,
  // One line for each rule, book, account and dimensions; the voucher is CLOSE-year-rule of the book. The rows of one
  // generation are written at once and read together, so the index needs no more than the generation. There is no foreign
  // key: it would look up the same generation once for each of some 100,000 rows.
  `create table closing_entries (
    carry_id int not null, rule_no smallint not null, rule text not null, book text not null,
    account text not null, ${DIMENSION_COLUMNS}, debit bigint not null, credit bigint not null, reversal boolean not null default false,
    check ((debit > 0 and credit = 0) or (debit = 0 and credit > 0)))`,
  `create index closing_entries_by_carry on closing_entries (carry_id)`,
  `create table opening_balances (
    carry_id int not null, book text not null, account text not null, ${DIMENSION_COLUMNS},
    balance bigint not null check (balance <> 0))`,
  `create index opening_balances_by_carry on opening_balances (carry_id)`,
  `create table indicator_dispositions (
    carry_id int not null references carry_forwards, indicator text not null, remaining bigint not null,
    disposition text not null check (disposition in ('carry', 'surplus')), amount bigint not null,
    reason_zh text not null, reason_en text not null, overridden boolean not null default false, primary key (carry_id, indicator))`,
  `create table new_indicators (
    carry_id int not null references carry_forwards, indicator text not null, unit text, function text, economic text, project text,
    fund text, origin_year int not null, category text not null, amount bigint not null, source text not null,
    primary key (carry_id, indicator))`,
]
