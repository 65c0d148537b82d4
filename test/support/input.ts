/** Input for tests: CSV texts go through the real import. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Books } from '../../books/connect.ts'
import { importFolder } from '../../books/import/import-folder.ts'
import { formatProblem, type ImportReport } from '../../books/import/report.ts'
import { loadConfig } from '../../config/load.ts'
import type { InputFile } from '../../domain/steps.ts'
import type { ImportConfig } from '../../books/import/session.ts'

export interface InputFixture {
  district: string
  year: number
  /** CSV text, or bytes, by file: `{ units: 'unit,name,kind\n…' }`. A name with a dot is taken as it is: `entries.xlsx`. */
  files: Partial<Record<InputFile, string | Buffer>> & Record<string, string | Buffer>
  config?: ImportConfig
}

/**
 * Imports one district from texts.
 * @throws Error that lists every bad row
 */
export async function loadInput(books: Books, fixture: InputFixture): Promise<{ scopeId: number; version: number }> {
  const report = await importTexts(books, fixture)
  const [district] = report.districts
  if (!district || district.version === null) {
    throw new Error(`the fixture does not load:\n${(district?.problems ?? []).map((one) => formatProblem(one, 'en')).join('\n')}`)
  }
  const scope = await books.db.selectFrom('scopes').select('scope_id').where('district', '=', fixture.district).where('year', '=', fixture.year)
    .executeTakeFirstOrThrow()
  return { scopeId: scope.scope_id, version: district.version }
}

/** The report of an import from texts, whatever is wrong with them. */
export async function importTexts(books: Books, fixture: InputFixture & { check?: boolean }): Promise<ImportReport> {
  const folder = await writeInput(fixture)
  try {
    return await importFolder(books, {
      folder, year: fixture.year, districts: [fixture.district], config: fixture.config ?? loadConfig(), check: fixture.check ?? false, by: 'test',
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the folder of one district below a new temporary folder and returns that folder. */
export async function writeInput({ district, files }: Pick<InputFixture, 'district' | 'files'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nianjie-input-'))
  await mkdir(join(folder, district), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, district, name.includes('.') ? name : `${name}.csv`), content)
  }
  return folder
}
