import { type Kysely, sql } from 'kysely'

/**
 * Problems that users report (CONTRACT §4, §5; DOMAIN §9): one row for each as screens show it, its signed words, its events
 * (appended only), its breaches, what it was made from, and its alarms among the notifications.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // The projection of a problem: a fold of its events. `rules` is the promise as it stood when the problem was reported.
  `create table problems (
    problem_id text primary key, district text not null, user_name text not null,
    channel text not null check (channel in ('hotline', 'mini-program', 'wechat', 'on-site')),
    kind text not null check (kind in ('fault', 'request', 'consultation')), body text not null,
    called_at timestamptz not null, opened_at timestamptz not null, opened_by text not null, clock_from timestamptz not null,
    -- closing year of the year-end window in which it counts; null outside of every window
    window_year int, rules jsonb not null,
    state text not null check (state in ('open', 'acknowledged', 'assigned', 'waiting', 'resolved')), sequence int not null,
    assignee text, waiting_on text, waiting_since timestamptz, waiting_reason text,
    response_due timestamptz, responded_at timestamptz, responded_by text,
    resolution_due timestamptz, resolution_measure text check (resolution_measure in ('hours', 'working-days')),
    resolved_at timestamptz, confirmed_by text,
    -- how long the shown clock has stood still, and since when it does
    paused_ms bigint not null default 0, paused_since timestamptz,
    alarm_level int not null default 0, calling text[] not null default '{}', calling_since timestamptz,
    updated_at timestamptz not null default now())`,
  `create index problems_open on problems (district, resolution_due) where state <> 'resolved'`,
  `create index problems_by_call on problems (district, called_at)`,
  // Signed words of people on problems. payload is the canonical JSON that was signed; entry_key says that two reports are one.
  `create table problem_words (
    word_id uuid primary key, problem_id text not null, action text not null, actor text not null, payload text not null,
    signature text not null, entry_key text, submitted_at timestamptz not null default now(), judged_at timestamptz, accepted boolean,
    refusal_code text, refusal_zh text, refusal_en text)`,
  `create index problem_words_by_problem on problem_words (problem_id)`,
  `create index problem_words_by_entry on problem_words (entry_key) where entry_key is not null`,
  // at: when it counts for the clocks; recorded_at: when it was written. party: whose minutes run from here on; null: nobody's.
  `create table problem_events (
    problem_id text not null references problems, sequence int not null, at timestamptz not null,
    recorded_at timestamptz not null default now(), action text not null, actor text not null,
    word_id uuid unique references problem_words, party text, detail jsonb not null, primary key (problem_id, sequence))`,
  `create index problem_events_by_time on problem_events (at)`,
  `create function keep_problem_events() returns trigger language plpgsql as $$
    begin raise exception 'problem_events are appended only'; end $$`,
  `create trigger keep_problem_events before update or delete or truncate on problem_events
    for each statement execute function keep_problem_events()`,
  // withdrawn: the word that stopped the clock in time arrived only after the breach had been written down.
  `create table problem_breaches (
    problem_id text not null references problems, clock text not null check (clock in ('response', 'resolution')), due_at timestamptz not null,
    district text not null, user_name text not null, party text not null, recorded_at timestamptz not null,
    withdrawn_at timestamptz, withdrawn_by uuid references problem_words, primary key (problem_id, clock, due_at))`,
  // What a problem was made from; finding_id null: the step as a whole, in that generation.
  `create table problem_links (
    problem_id text not null references problems, run_id int not null references runs, step text not null, generation int not null,
    finding_id text, step_state text, linked_at timestamptz not null, unique nulls not distinct (problem_id, run_id, step, finding_id))`,
  `create index problem_links_by_run on problem_links (run_id, step, finding_id)`,
  // An alarm of a problem is a notification without a run.
  `alter table notifications alter run_id drop not null, alter step drop not null, alter generation drop not null,
    add problem_id text references problems, add clock text, add sequence int, add to_people jsonb not null default '[]',
    add answered_by text, add answered_at timestamptz, drop constraint notifications_kind_check,
    add check (kind in ('reminder', 'escalation', 'done', 'failure', 'breach')),
    add check ((run_id is null) <> (problem_id is null)), add check (run_id is null or (step is not null and generation is not null))`,
  `create index notifications_by_problem on notifications (problem_id) where problem_id is not null`,
  `create trigger announce_change after insert or update or delete on problems for each statement execute function announce_change()`,
]
