import { type Kysely, sql } from 'kysely'

/**
 * Blocking documents as cases with deadlines of their own, the default dispositions that people approved for them, the
 * receipts of banks, the instructions to the business systems, and the monthly checks of everything in transit.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // level: the last rung of the ladder that was raised; next_at: the next one, then the cut-off, then nothing.
  `create table document_cases (
    run_id int not null references runs, finding_id text not null, type text not null, number text not null,
    cut_off timestamptz not null, opened_at timestamptz not null, level int not null default 0, next_at timestamptz,
    settled_at timestamptz, outcome text, primary key (run_id, finding_id))`,
  `create index document_cases_open on document_cases (run_id, next_at) where settled_at is null`,
  // Signed beforehand by a person, for a type or (number <> '') one document of a district and year. kind withdraw: target is over.
  `create table document_defaults (
    default_id uuid primary key, scope_id int not null references scopes, kind text not null check (kind in ('approve', 'withdraw')),
    target uuid references document_defaults, type text not null, number text not null default '',
    action text not null check (action in ('void', 'return', 'carry')), comment text not null, actor text not null,
    payload text not null, signature text not null, submitted_at timestamptz not null default now(), judged_at timestamptz,
    accepted boolean, refusal_code text, refusal_zh text, refusal_en text, withdrawn_at timestamptz, withdrawn_by text)`,
  `create unique index document_defaults_standing on document_defaults (scope_id, type, number)
    where kind = 'approve' and accepted and withdrawn_at is null`,
  // Each time that a default was carried out: the decision that it made, once.
  `create table case_firings (
    decision_id uuid primary key references decisions, run_id int not null references runs, default_id uuid not null references document_defaults,
    attempt int not null, findings int not null, fired_at timestamptz not null, sent_at timestamptz, unique (run_id, default_id, attempt))`,
  `create table document_receipts (
    scope_id int not null references scopes, type text not null, number text not null, outcome text not null check (outcome in ('completed', 'returned')),
    reference text not null, actor text not null, decision_id uuid not null references decisions, received_at timestamptz not null default now(),
    primary key (scope_id, type, number))`,
  `create table instructions (
    scope_id int not null references scopes, instruction text not null, sequence int not null, format text not null, file text not null,
    sha256 text not null, lines int not null, input_version int not null, exported_by text not null,
    exported_at timestamptz not null default now(), primary key (scope_id, sequence))`,
  `create table instruction_lines (
    scope_id int not null, sequence int not null, line int not null, type text not null, number text not null, action text not null,
    target text not null, status_then text not null, decision_id uuid not null, fields jsonb not null,
    primary key (scope_id, sequence, line), foreign key (scope_id, sequence) references instructions)`,
  `create index instruction_lines_by_document on instruction_lines (scope_id, type, number)`,
  `create table in_transit_checks (
    scope_id int not null references scopes, checked_for timestamptz not null, checked_at timestamptz not null, input_version int not null,
    figures jsonb not null, primary key (scope_id, checked_for))`,
  `alter table notifications add column about_cases boolean not null default false`,
  ...['document_cases', 'document_defaults', 'in_transit_checks'].map((table) => `create trigger announce_change
    after insert or update or delete on ${table} for each statement execute function announce_change()`),
]
