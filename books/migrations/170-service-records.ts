import { type Kysely, sql } from 'kysely'

/**
 * What the service keeps besides problems (contract §4(1), §4(4), annex 1; DOMAIN §9): calls of the hotline, complaints and
 * satisfaction. Every row comes from a signed word; rows are added and never changed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // payload is the canonical JSON that was signed: the rows themselves, or for a call log the digest of its file.
  `create table service_words (
    word_id uuid primary key, kind text not null check (kind in ('calls', 'complaint', 'judgement', 'rating')), actor text not null,
    payload text not null, signature text not null, at timestamptz not null)`,
  `create table service_calls (
    call_id text primary key, district text not null, user_name text not null, called_at timestamptz not null, answered_at timestamptz,
    ended_at timestamptz, called_back_at timestamptz, file text not null, sha256 text not null, word_id uuid not null references service_words,
    check (answered_at is null or answered_at >= called_at), check (ended_at is null or ended_at >= called_at),
    check (called_back_at is null or called_back_at >= called_at))`,
  `create index service_calls_by_time on service_calls (called_at)`,
  `create table service_complaints (
    complaint_id text primary key, district text not null, user_name text not null, complained_at timestamptz not null, body text not null,
    problem_id text references problems, word_id uuid not null unique references service_words)`,
  // The last judgement of a complaint holds.
  `create table service_judgements (
    judgement_no bigint generated always as identity unique, word_id uuid primary key references service_words,
    complaint_id text not null references service_complaints, upheld boolean not null,
    reason text not null, judged_at timestamptz not null)`,
  `create table service_ratings (
    word_id uuid primary key references service_words, district text not null, month text not null check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
    user_name text, score numeric(5, 2) not null check (score between 0 and 100), comment text not null)`,
  `create function keep_service_records() returns trigger language plpgsql as $$
    begin raise exception 'service records are appended only'; end $$`,
  ...['words', 'calls', 'complaints', 'judgements', 'ratings'].map((table) => `create trigger keep_service_records before update or delete or truncate
    on service_${table} for each statement execute function keep_service_records()`),
]
