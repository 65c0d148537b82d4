import { type Kysely, sql } from 'kysely'

/**
 * The rows of a generation are written at once and read together. A B-tree entry for each of them cost as much as the row;
 * generations spread over partitions, each with the ranges of pages that a generation lies in, cost next to nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['closing_entries', 'opening_balances']) {
    const [name, old] = [sql.ref(table), sql.ref(`${table}_before`)]
    await sql`alter table ${name} rename to ${old}`.execute(db)
    await sql`create table ${name} (like ${old} including defaults including constraints) partition by hash (carry_id)`.execute(db)
    for (let part = 0; part < PARTS; part += 1) {
      await sql`create table ${sql.ref(`${table}_${part}`)} partition of ${name}
        for values with (modulus ${sql.lit(PARTS)}, remainder ${sql.lit(part)})`.execute(db)
    }
    await sql`create index on ${name} using brin (carry_id) with (pages_per_range = 32)`.execute(db)
    await sql`insert into ${name} select * from ${old}`.execute(db)
    await sql`drop table ${old}`.execute(db)
  }
}

const PARTS = 16
