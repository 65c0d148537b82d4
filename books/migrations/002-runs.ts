import { type Kysely, sql } from 'kysely'

/** Runs, the projection of their steps, effects, findings, decisions, notifications and the audit chain. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // The configuration that a run is pinned to, by digest (everything of config/ but the actors).
  `create table rule_packs (digest text primary key, content jsonb not null, stored_at timestamptz not null default now())`,
  // A rehearsal has runs of its own: its results stay for comparison and never count as books.
  `create table runs (
    run_id int generated always as identity primary key, scope_id int not null references scopes,
    kind text not null check (kind in ('real', 'rehearsal')), workflow_id text not null,
    state text not null check (state in ('running', 'paused', 'completed', 'cancelled')),
    rules_digest text not null references rule_packs, with_league boolean not null, league text not null,
    started_by text, started_at timestamptz not null default now(), ended_at timestamptz)`,
  `create unique index runs_one_live on runs (scope_id, kind) where state in ('running', 'paused')`,
  // What the workflow last said of each step: screens and reports read this, the workflow decides.
  `create table step_states (
    run_id int not null references runs, step text not null,
    state text not null check (state in ('pending','running','blocked','awaiting-approval','approved','failed','paused','cancelled')),
    attempt int not null default 0, generation int not null default 0, started_at timestamptz, ended_at timestamptz,
    waiting_on text, waiting_since timestamptz, deadline timestamptz, escalation_level int not null default 0,
    evidence_digest text, failure jsonb, updated_at timestamptz not null default now(), primary key (run_id, step))`,
  // Every state a step was in, for times in the report.
  `create table step_history (
    history_id bigint generated always as identity primary key, run_id int not null, step text not null, state text not null,
    attempt int not null, generation int not null, waiting_on text, at timestamptz not null)`,
  // One step, one transaction, one effect. The same key with other input is an error.
  `create table effects (
    effect_key text primary key, input_hash text not null, result jsonb not null, created_at timestamptz not null default now())`,
  // What each generation of a step rested on and gave. input_digest: files, upstream, rules; evidence_digest: what an approval is for.
  `create table step_results (
    run_id int not null references runs, step text not null, generation int not null, input_digest text not null,
    evidence_digest text not null, result jsonb not null, created_at timestamptz not null default now(), void_at timestamptz, void_reason text,
    primary key (run_id, step, generation))`,
  `create table findings (
    run_id int not null references runs, finding_id text not null, step text not null, rule text not null, key text not null,
    severity text not null check (severity in ('error', 'warning', 'info')), amount bigint,
    status text not null check (status in ('open', 'explained', 'waived', 'resolved')),
    message_zh text not null, message_en text not null,
    -- what the engine saw (both sides, owner, age …): shown as evidence, part of content_digest
    facts jsonb not null default '{}', content_digest text not null,
    opened_generation int not null, seen_generation int not null,
    opened_at timestamptz not null default now(), closed_at timestamptz, closed_by text, decision_id uuid,
    primary key (run_id, finding_id))`,
  `create index findings_by_step on findings (run_id, step, status)`,
  // Signed words of people. payload is the canonical JSON that was signed.
  `create table decisions (
    decision_id uuid primary key, run_id int not null references runs,
    kind text not null check (kind in ('approve', 'reject', 'findings', 'undo', 'approve-undo', 'control')),
    step text, actor text not null, payload text not null, signature text not null, evidence_digest text,
    submitted_at timestamptz not null default now(), judged_at timestamptz, accepted boolean, refusal_code text, refusal_zh text, refusal_en text,
    void_at timestamptz, void_reason text)`,
  `create index decisions_by_run on decisions (run_id, step)`,
  `create table finding_decisions (
    decision_id uuid not null references decisions, finding_id text not null, action text not null
      check (action in ('complete','void','return','carry','explain','waive')),
    comment text not null, content_digest text not null, primary key (decision_id, finding_id))`,
  `create table notifications (
    notification_id uuid primary key, run_id int not null references runs, step text not null, generation int not null,
    kind text not null check (kind in ('reminder', 'escalation', 'done', 'failure')), level int not null, to_roles text[] not null,
    due_at timestamptz not null, created_at timestamptz not null default now(), message_zh text not null, message_en text not null,
    seen_by text, seen_at timestamptz, unique (run_id, step, generation, kind, level, due_at))`,
  `create table deliveries (
    delivery_id bigint generated always as identity primary key, notification_id uuid not null references notifications,
    channel text not null, target text not null, attempt int not null, state text not null check (state in ('sent', 'failed', 'void')),
    at timestamptz not null default now(), error text)`,
]
