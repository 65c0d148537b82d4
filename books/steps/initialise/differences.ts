/** The difference of the old year to the new one, table by table: what a person approves with the step `initialise`. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../tables.ts'

export const CHANGES = ['added', 'dropped', 'renamed', 'changed', 'same'] as const
export type Change = (typeof CHANGES)[number]

/** One row of a setup table in both years. `old` is null for what is new, `now` for what is dropped. */
export interface SetupDifference {
  table: string
  code: string
  change: Change
  treatment: string
  /** The old code, or codes, where they are not this very code. */
  sources: readonly string[]
  old: SetupRow | null
  now: SetupRow | null
}
export interface SetupRow { name: string | null; parent: string | null; value: string | null }

/** The rows of a generation that differ (or, with `all`, every row), by table and code. */
export async function readDifferences(
  db: Kysely<Database>, of: { runId: number; generation: number; tables?: readonly string[]; all?: boolean },
): Promise<SetupDifference[]> {
  const { rows } = await sql<{
    table_name: string; code: string; change: Change; treatment: string; live: boolean; source_code: string | null
    name: string | null; parent: string | null; value: string | null; old_name: string | null; old_parent: string | null; old_value: string | null
  }>`
    select table_name, code, change, treatment, live, source_code, name, parent, value, old_name, old_parent, old_value from new_setup_items
    where run_id = ${of.runId} and generation = ${of.generation} ${of.all ? sql`` : sql`and change <> 'same'`}
      ${of.tables ? sql`and table_name = any(${[...of.tables]}::text[])` : sql``}
    order by table_name collate "C", code collate "C"`.execute(db)
  return rows.map((row) => ({
    table: row.table_name, code: row.code, change: row.change, treatment: row.treatment,
    sources: row.source_code?.split(';') ?? [],
    old: row.change === 'added' ? null : { name: row.old_name, parent: row.old_parent, value: row.old_value },
    now: row.live ? { name: row.name, parent: row.parent, value: row.value } : null,
  }))
}

/**
 * SHA-256 over every row of a generation in order, whatever run or generation it is: the same tables give the same digest.
 * It stands in the figures of the step, and so in the evidence that is approved.
 */
export async function differenceDigest(db: Kysely<Database>, runId: number, generation: number): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    select encode(sha256(convert_to(coalesce(string_agg(said, e'\\n' order by table_name collate "C", code collate "C"), ''), 'UTF8')), 'hex') as digest
    from (
      select table_name, code, jsonb_build_array(table_name, code, name, parent, value, treatment, change, live, source_code, old_name, old_parent, old_value)::text as said
      from new_setup_items where run_id = ${runId} and generation = ${generation}) rows`.execute(db)
  return rows[0]!.digest
}
