import { type Kysely, sql } from 'kysely'

/**
 * A year that was locked takes no new input, whoever writes it: a folder, a bank's file, corrected cards. The signed word of the
 * lock is the fact; the error says district, year and who locked it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `create function refuse_locked() returns trigger language plpgsql as $$
    declare word record;
    begin
      select s.district, s.year, d.actor into word from decisions d join runs r using (run_id) join scopes s on s.scope_id = r.scope_id
        where r.scope_id = new.scope_id and d.kind = 'control' and d.accepted and d.void_at is null limit 1;
      if found then
        raise exception 'year % of district % is locked', word.year, word.district
          using errcode = 'NJ001', detail = json_build_object('district', word.district, 'year', word.year, 'actor', word.actor)::text;
      end if;
      return new;
    end $$`,
  `create trigger refuse_locked before insert on input_versions for each row execute function refuse_locked()`,
]
