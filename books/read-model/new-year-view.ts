/** Everything that a screen or report shows of a district's new year, with the words of the rules that its run is pinned to. */
import { type Kysely, sql } from 'kysely'
import { CODE_TABLES, type InitialiseConfig, initialiseSchema } from '../../config/schemas/initialise.ts'
import { type SetupDifference, readDifferences } from '../steps/initialise/differences.ts'
import { type StoredTrial, readTrialDay } from '../steps/initialise/trial/store.ts'
import type { Database } from '../tables.ts'
import type { Look } from './current.ts'
import { type ImportedOpenings, type NewYear, readImportedOpenings, readNewYear } from './new-year.ts'

export interface NewYearView {
  year: NewYear
  tables: InitialiseConfig['tables']
  items: InitialiseConfig['items']
  /** Names of the classes of documents. */
  classes: Readonly<Record<string, { zh: string; en: string }>>
  differences: readonly SetupDifference[]
  trial: readonly StoredTrial[]
  imported: ImportedOpenings | null
}

/** Null when the district has no run of that year; without differences and trial while it was not initialised. */
export async function readNewYearView(db: Kysely<Database>, look: Look, district: string): Promise<NewYearView | null> {
  const year = await readNewYear(db, look, district)
  if (!year) return null
  const { rows: [pack] } = await sql<{ initialise: unknown; classes: NewYearView['classes'] | null }>`
    select p.content->'initialise' as initialise, (select jsonb_object_agg(t.key, t.value->'name') from jsonb_each(p.content->'documents'->'types') t) as classes
    from runs r join rule_packs p on p.digest = r.rules_digest where r.run_id = ${year.runId}`.execute(db)
  const rules = initialiseSchema.safeParse(pack?.initialise).data
  const made = year.generation === null ? null : { runId: year.runId, generation: year.generation }
  return {
    year, tables: inOrder(rules?.tables ?? {}), items: rules?.items ?? {}, classes: pack?.classes ?? {},
    differences: made ? await readDifferences(db, made) : [], trial: made ? await readTrialDay(db, made.runId, made.generation) : [],
    imported: year.carryId === null ? null : await readImportedOpenings(db, year),
  }
}

/** A stored rule pack does not keep the order of its file: the code tables first, the others by name. */
function inOrder(tables: InitialiseConfig['tables']): InitialiseConfig['tables'] {
  const place = (name: string) => (CODE_TABLES as readonly string[]).indexOf(name) + 1 || CODE_TABLES.length + 1
  return Object.fromEntries(Object.entries(tables).toSorted(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1)))
}
