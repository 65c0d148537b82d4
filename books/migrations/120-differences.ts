import { type Kysely, sql } from 'kysely'

/**
 * The life of a difference 对账差异 (DOMAIN §6): known by district, year, rule and key, whatever run or generation sees it;
 * what the checks saw of it when, what people said of it, and the files that prove what they said.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create table differences (
    scope_id int not null references scopes, finding_id text not null, rule text not null, key text not null,
    first_seen_at timestamptz not null default now(), owner text, primary key (scope_id, finding_id))`,
  // What the checks saw: appended only. amount and content_digest are those of that check; none when it was gone.
  `create table difference_events (
    event_id bigint generated always as identity primary key, scope_id int not null, finding_id text not null,
    run_id int not null references runs, generation int not null, at timestamptz not null default now(),
    what text not null check (what in ('seen', 'changed', 'gone', 'back')), amount bigint, content_digest text)`,
  `create index difference_events_by_finding on difference_events (scope_id, finding_id, event_id)`,
  // Evidence 佐证材料, by content: the same file given twice is kept once.
  `create table evidence_files (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'), size int not null, content bytea not null,
    stored_at timestamptz not null default now(), stored_by text,
    check (size = octet_length(content)), check (sha256 = encode(sha256(content), 'hex')))`,
  `alter table finding_decisions
    add column difference_kind text, add column owner text, add column evidence_sha256 text references evidence_files, add column evidence_name text,
    drop constraint finding_decisions_action_check,
    add constraint finding_decisions_action_check check (action in ('complete','void','return','carry','explain','waive','assign','correct'))`,
  `create index finding_decisions_by_finding on finding_decisions (finding_id)`,
]
