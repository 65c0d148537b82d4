/** One import of one district: its connection and transaction, names of its staging tables, and the list of what is wrong. */
import type pg from 'pg'
import type { Config } from '../../config/load.ts'
import type { InputFile } from '../../domain/steps.ts'
import type { Format } from './folder.ts'
import type { Problem } from './report.ts'

/** The part of the configuration that an import reads. */
export type ImportConfig = Pick<Config, 'districts' | 'input' | 'charts' | 'documents' | 'initialise'> & Partial<Pick<Config, 'reconciliations'>>

/** A file as it was staged. */
export interface StagedFile {
  file: InputFile
  /** As it stands in the folder; the usual name when the district has none. */
  name: string
  /** Below the folder that was imported; '' when there is none. */
  path: string
  format: Format
  /** Of the bytes as given; '' when there is none. */
  sha256: string
  rows: number
  /** False when the file as such was refused: then nothing can be checked against it. */
  readable: boolean
  /** Where column n of a workbook is needed: the English names in the order of the file. */
  columns: readonly string[]
}

export interface Session {
  client: pg.PoolClient
  district: string
  year: number
  config: ImportConfig
  problems: ProblemList
  /** Quoted name of the staging table of a file, or of a table made from them. */
  table(name: string): string
  progress(file: InputFile | null, phase: Phase, rows?: number): void
}

export type Phase = 'read' | 'load' | 'check' | 'store'

/** Collects what is wrong: lists at most `limit`, counts all. */
export class ProblemList {
  readonly listed: Problem[] = []
  count = 0
  readonly #limit: number
  constructor(limit: number) {
    this.#limit = limit
  }

  get room(): number {
    return Math.max(0, this.#limit - this.listed.length)
  }

  add(one: Problem): void {
    this.count += 1
    if (this.room > 0) this.listed.push(one)
  }

  /** Adds a sample of `total` problems. */
  addSome(some: readonly Problem[], total: number): void {
    this.count += total
    this.listed.push(...some.slice(0, this.room))
  }
}

/** Staging tables of one import have names of their own, so that imports of other districts never wait for them. */
export function tableNames(district: string, year: number): (name: string) => string {
  return (name) => `books."import_${district}_${year}_${name}"`
}
