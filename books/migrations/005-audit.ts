import { type Kysely, sql } from 'kysely'

/**
 * The audit chain: one hash chain for each district ('' for what concerns none). The application's role may read it and
 * call audit.append; it owns nothing here, so it can neither change nor delete, nor add a link that does not chain.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `reset role`,
  `create schema if not exists audit`,
  `create table audit.events (
    district text not null, sequence bigint not null, at timestamptz not null, kind text not null, actor text not null,
    subject text not null, detail text not null, previous_hash text not null, hash text not null,
    primary key (district, sequence), unique (hash))`,
  // The hash covers every column of the link; unit separators keep fields apart.
  `create function audit.link_hash(district text, sequence bigint, at timestamptz, kind text, actor text, subject text, detail text, previous_hash text)
    returns text language sql stable as $$
      select encode(sha256(convert_to(concat_ws(e'\\x1f', district, sequence::text,
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, actor, subject, detail, previous_hash), 'UTF8')), 'hex') $$`,
  `create function audit.append(in_district text, in_kind text, in_actor text, in_subject text, in_detail text)
    returns bigint language plpgsql security definer set search_path = audit, pg_temp as $$
    declare last audit.events; link audit.events;
    begin
      perform pg_advisory_xact_lock(hashtextextended('audit:' || in_district, 0));
      select * into last from audit.events where district = in_district order by sequence desc limit 1;
      link := (in_district, coalesce(last.sequence, 0) + 1, clock_timestamp(), in_kind, in_actor, in_subject, in_detail,
        coalesce(last.hash, repeat('0', 64)), '');
      link.hash := audit.link_hash(link.district, link.sequence, link.at, link.kind, link.actor, link.subject, link.detail, link.previous_hash);
      insert into audit.events select link.*;
      return link.sequence;
    end $$`,
  `revoke all on schema audit from public`,
  `revoke all on all functions in schema audit from public`,
  `grant usage on schema audit to nianjie_app`,
  `grant select on audit.events to nianjie_app`,
  `grant execute on function audit.append(text, text, text, text, text), audit.link_hash(text, bigint, timestamptz, text, text, text, text, text) to nianjie_app`,
  `set role nianjie_app`,
]
