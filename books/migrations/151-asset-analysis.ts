import { type Kysely, sql } from 'kysely'

/** The text of the analysis report 分析报告 that goes with the annual asset report, line by line. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`create table asset_analysis (
    scope_id int not null, row_id int not null, text text not null, file_line int not null,
    primary key (scope_id, row_id)) partition by list (scope_id)`).execute(db)
}
