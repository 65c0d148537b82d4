/** The new year in the report: its list of items, the difference of the two years, the trial day. */
import type { Look } from '../books/read-model/current.ts'
import type { ImportedOpenings, OpeningsState } from '../books/read-model/new-year.ts'
import { type NewYearItem, itemsOf, readNewYearView } from '../books/read-model/new-year-view.ts'
import type { NewYearDetails } from '../books/read-model/new-year-details.ts'
import type { SetupDifference } from '../books/steps/initialise/differences.ts'
import type { StoredTrial } from '../books/steps/initialise/trial/store.ts'
import type { Kysely } from 'kysely'
import type { Database } from '../books/tables.ts'
import type { Text } from './model.ts'

export interface NewYearReport {
  year: number
  generation: number
  /** Digest over all rows of the setup tables: part of the evidence that was approved. */
  digest: string | null
  openings: OpeningsState
  imported: ImportedOpenings | null
  items: readonly NewYearItem[]
  tables: Readonly<Record<string, Text>>
  differences: readonly SetupDifference[]
  classes: Readonly<Record<string, Text>>
  trial: readonly StoredTrial[]
  /** Seals and certificates with their last day, number rules with their first number. */
  details: NewYearDetails
}

/** Null while the new year is not initialised. */
export async function readNewYearReport(db: Kysely<Database>, look: Look, district: string): Promise<NewYearReport | null> {
  const view = await readNewYearView(db, look, district)
  if (!view || view.year.generation === null) return null
  const { year, differences, trial, imported } = view
  const named = new Set(differences.map((row) => row.table))
  const tried = new Set(trial.map((one) => one.class))
  return {
    year: year.year + 1, generation: year.generation!,
    digest: (year.figures.differences as { digest?: string } | undefined)?.digest ?? null, openings: year.openings, imported,
    items: itemsOf(view, year).filter((one) => one.live !== null),
    tables: Object.fromEntries(Object.entries(view.tables).filter(([name]) => named.has(name))
      .map(([name, { name: words }]) => [name, words])),
    differences, classes: Object.fromEntries(Object.entries(view.classes).filter(([name]) => tried.has(name))), trial,
    details: view.details,
  }
}
