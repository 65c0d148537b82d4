/** Imports a folder of districts (CONTRACT §1). */
import { join } from 'node:path'
import type { Books } from '../connect.ts'
import type { InputFile } from '../../domain/steps.ts'
import { importDistrict } from './district.ts'
import { listDistrictFolders } from './folder.ts'
import { type DistrictReport, type ImportReport, problem } from './report.ts'
import type { ImportConfig, Phase } from './session.ts'

export interface ImportProgress {
  district: string
  /** Null for work on the district as a whole. */
  file: InputFile | null
  phase: Phase
  rows?: number
}

export interface ImportOptions {
  /** Holds one folder for each district, named by its code. */
  folder: string
  /** The closing fiscal year. */
  year: number
  /** Only these; empty or missing: every district that has a folder. */
  districts?: readonly string[]
  config: ImportConfig
  /** Only looks: nothing is written. */
  check?: boolean
  /** Who imports, for the audit chain. */
  by?: string | null
  onProgress?(progress: ImportProgress): void
}

/**
 * Imports district after district; each is loaded as a whole or not at all, whatever happens to the others.
 * @throws ImportRefused when the folder can not be read
 * @throws ImportBusy when another import of a district is running; those before it are loaded
 */
export async function importFolder(books: Books, options: ImportOptions): Promise<ImportReport> {
  const { folder, year, config } = options
  const { root, names } = await listDistrictFolders(folder)
  const wanted = options.districts?.length ? [...new Set(options.districts)].sort() : names
  const known = new Set(config.districts.districts.map((one) => one.code))
  const districts: DistrictReport[] = []
  for (const district of wanted) {
    if (!known.has(district)) {
      districts.push(unknown(district))
      continue
    }
    districts.push(await importDistrict(books, {
      root, district, year, config, check: options.check ?? false, by: options.by ?? null,
      progress: (file, phase, rows) => options.onProgress?.({ district, file, phase, ...(rows === undefined ? {} : { rows }) }),
    }))
  }
  if (districts.length === 0) districts.push(empty(join(root, '…')))
  return { year, check: options.check ?? false, districts }
}

function unknown(district: string): DistrictReport {
  const problems = [problem('', null, null, 'unknown-district', district)]
  return { district, version: null, unchanged: false, loaded: false, files: [], problems, problemCount: 1 }
}

/** A folder without any district is no input at all: rather a wrong path. */
function empty(path: string): DistrictReport {
  return {
    district: '', version: null, unchanged: false, loaded: false, files: [],
    problems: [problem('', null, null, 'no-folder', path)], problemCount: 1,
  }
}
