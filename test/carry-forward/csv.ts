/** A district's rows as the CSV files of an input folder. */
import type { StepContext } from '../../activities/step.ts'
import { sql } from 'kysely'
import type { TestDatabase } from '../support/database.ts'
import { loadInput } from '../support/input.ts'
import { CONFIG } from './load.ts'
import { type District, DIM_NAMES } from './model.ts'

const csv = (columns: readonly string[], rows: readonly object[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => String((row as Record<string, unknown>)[name] ?? '')).join(','))].join('\n') + '\n'

/** The files of CONTRACT §1 that these rows make. */
export function filesOf(input: District): Record<string, string> {
  return {
    units: csv(['unit', 'name', 'kind', 'active'], input.units.map((row) => ({ ...row, name: row.unit, active: 1 }))),
    books: csv(['book', 'name', 'system', 'unit'], input.books.map((row) => ({ ...row, name: row.book }))),
    opening: csv(['book', 'account', ...DIM_NAMES, 'debit', 'credit'], input.opening),
    entries: csv(['book', 'voucher', 'line', 'date', 'account', ...DIM_NAMES, 'debit', 'credit', 'source', 'posted', 'summary'],
      input.entries.map((row, index) => ({ posted: 1, ...row, line: index + 1, date: `${input.year}-12-01` }))),
    indicators: csv(['indicator', 'unit', 'function', 'economic', 'project', 'fund', 'origin_year', 'category', 'amount', 'adjusted', 'paid', 'occupied'], input.indicators),
    setup: csv(['table', 'code', 'name', 'parent', 'value', 'active'], input.setup),
    mappings: csv(['table', 'old', 'new', 'share'], input.mappings),
  }
}

/** Imports the files and starts a run on them. */
export async function importDistrict(database: TestDatabase, of: { district: string; year: number; files: Record<string, string> }): Promise<StepContext> {
  const { scopeId, version } = await loadInput(database, { ...of, files: of.files })
  await sql`insert into rule_packs (digest, content) values ('test', '{}') on conflict do nothing`.execute(database.db)
  const { rows } = await sql<{ run_id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values (${scopeId}, 'real', '', 'running', 'test', false, '152500') returning run_id`.execute(database.db)
  return {
    runId: rows[0]!.run_id, scopeId, district: of.district, year: of.year, step: 'carry-forward', generation: 1, kind: 'real', inputVersion: version,
    league: { district: '152500', scopeId: null }, config: CONFIG, heartbeat: () => {},
  }
}
