/** Everything that a screen or report shows of a district's new year, with the words of the rules that its run is pinned to. */
import { type Kysely, sql } from 'kysely'
import { CODE_TABLES, type InitialiseConfig, type Treatment, initialiseSchema } from '../../config/schemas/initialise.ts'
import { type SetupDifference, readDifferences } from '../steps/initialise/differences.ts'
import { type StoredTrial, readTrialDay } from '../steps/initialise/trial/store.ts'
import type { Database } from '../tables.ts'
import type { Look } from './current.ts'
import { type NewYearDetails, readNewYearDetails } from './new-year-details.ts'
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
  details: NewYearDetails
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
    differences: made ? await readDifferences(db, made) : [],
    trial: made ? await readTrialDay(db, made.runId, made.generation) : [],
    imported: year.carryId === null ? null : await readImportedOpenings(db, year),
    details: made ? await readNewYearDetails(
      db, { ...made, district, newYear: year.year + 1 }, rules?.tables ?? {},
    ) : { validity: [], numbers: [] },
  }
}

/** A stored rule pack does not keep the order of its file: the code tables first, the others by name. */
function inOrder(tables: InitialiseConfig['tables']): InitialiseConfig['tables'] {
  const place = (name: string) => (CODE_TABLES as readonly string[]).indexOf(name) + 1 || CODE_TABLES.length + 1
  return Object.fromEntries(Object.entries(tables)
    .toSorted(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1)))
}

interface Text { zh: string; en: string }

/** Status of an item of DOMAIN §7: 未开始, 进行中, 完成, 已复核. */
export type ItemStatus = 'not-started' | 'under-way' | 'done' | 'reviewed'

export interface NewYearItem {
  item: string
  name: Text
  treatment: Treatment
  /** Null for what people do outside, and for tables that were not given. */
  live: number | null
  added: number
  dropped: number
  renamed: number
  changed: number
  status: ItemStatus | null
  owner: Text | null
}

/** Every table and item of the configuration as it stands; tables without rows come last with `live` null. */
export function itemsOf(config: Pick<InitialiseConfig, 'tables' | 'items'>, year: NewYear): NewYearItem[] {
  const figures = year.figures as { tables?: Record<string, Counts>; items?: Record<string, Counts> }
  const status: ItemStatus = year.state === 'approved'
    ? 'reviewed'
    : year.generation === null ? (year.state === 'running' ? 'under-way' : 'not-started') : 'done'
  const row = (item: string, spec: { name: Text; treatment: Treatment; owner?: Text }, counts: Counts | undefined): NewYearItem => ({
    item, name: spec.name, treatment: spec.treatment, owner: spec.owner ?? null,
    status: counts?.live === undefined ? null : status, live: counts?.live ?? null,
    added: counts?.added ?? 0, dropped: counts?.dropped ?? 0, renamed: counts?.renamed ?? 0, changed: counts?.changed ?? 0,
  })
  const rows = [
    ...Object.entries(config.tables).map(([name, spec]) => row(name, spec, figures.tables?.[name])),
    ...Object.entries(config.items).map(([name, spec]) => row(name, spec, figures.items?.[name])),
  ]
  return [...rows.filter((one) => one.live !== null), ...rows.filter((one) => one.live === null)]
}
type Counts = Partial<Record<'live' | 'added' | 'dropped' | 'renamed' | 'changed', number>>
