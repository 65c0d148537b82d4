/** What people look after in a new year: how long seals and certificates are valid, and the first number of each rule. */
import { type Kysely, sql } from 'kysely'
import type { InitialiseConfig } from '../../config/schemas/initialise.ts'
import { numberOf } from '../../domain/number-rules.ts'
import type { Database } from '../tables.ts'

export interface Validity {
  table: string
  code: string
  name: string | null
  until: string | null
  /** expired: before 1 January of the new year; ends: within it; unknown: no day, or one that can not be read. */
  state: 'valid' | 'ends' | 'expired' | 'unknown'
}
export interface FirstNumber { code: string; name: string | null; pattern: string; /** Null when the pattern gives none. */ first: string | null; /** Another rule gives the same numbers. */ shared: boolean }
export interface NewYearDetails { validity: readonly Validity[]; numbers: readonly FirstNumber[] }

interface Of { runId: number; generation: number; district: string; newYear: number }

/** The rows in force of the tables whose `value` holds a last valid day, and of the number rules. */
export async function readNewYearDetails(
  db: Kysely<Database>, of: Of, tables: InitialiseConfig['tables'],
): Promise<NewYearDetails> {
  const named = (kind: string) => Object.keys(tables).filter((name) => tables[name]!.value === kind)
  const dated = await readRows(db, of, named('last-valid-day'))
  const rules = (await readRows(db, of, named('pattern'))).filter((row) => row.value)
  const firsts = rules.map((row) => {
    const made = numberOf(row.value!, { day: `${of.newYear}-01-01`, district: of.district, unit: null }, 1)
    return 'number' in made ? made.number : null
  })
  return {
    validity: dated.map(({ table, code, name, value }) => ({
      table, code, name, until: value, state: stateOf(value, of.newYear),
    })),
    numbers: rules.map(({ code, name, value }, index) => ({
      code, name, pattern: value!, first: firsts[index]!,
      shared: firsts[index] !== null && firsts.filter((other) => other === firsts[index]).length > 1,
    })),
  }
}

async function readRows(db: Kysely<Database>, { runId, generation }: Of, tables: readonly string[]) {
  const { rows } = await sql<{ table: string; code: string; name: string | null; value: string | null }>`
    select table_name as table, code, name, nullif(btrim(value), '') as value from new_setup_items
    where run_id = ${runId} and generation = ${generation} and live and table_name = any(${[...tables]}::text[])
    order by table_name collate "C", code collate "C"`.execute(db)
  return rows
}

function stateOf(value: string | null, newYear: number): Validity['state'] {
  const day = value?.replaceAll('-', '') ?? ''
  if (!/^\d{8}$/.test(day)) return 'unknown'
  if (day < `${newYear}0101`) return 'expired'
  return day < `${newYear}1231` ? 'ends' : 'valid'
}
