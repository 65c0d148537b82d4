import { type Kysely, sql } from 'kysely'

/**
 * When a problem's next alarm is due, beside its row: who raises one that is due raises those of its neighbours too, so that
 * many at one moment go out together. Null where none comes, and until a problem's next event where it was reported before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `alter table problems add column next_alarm timestamptz`,
  `create index problems_by_alarm on problems (district, next_alarm) where next_alarm is not null`,
]
