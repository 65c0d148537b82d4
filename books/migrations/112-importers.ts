import { type Kysely, sql } from 'kysely'

/**
 * Who prepared the input that is current: imported its folder, loaded one of the files beside it, or changed it last. None
 * of them approves or confirms what rests on it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`create view current_importers as
    select v.scope_id, v.imported_by as actor from input_versions v
    where v.imported_by is not null and v.version in (
      (select max(version) from input_versions m where m.scope_id = v.scope_id),
      (select max(version) from input_versions m where m.scope_id = v.scope_id and m.origin = 'folder'))
    union
    select scope_id, loaded_by from statement_files where state = 'live'`).execute(db)
}
