/** One district while it is written: its open files, its books, and what the finished files must agree with. */
import { join } from 'node:path'
import type { Severity } from '../domain/findings.ts'
import { formatYuan } from '../domain/money.ts'
import type { InputFile, Step } from '../domain/steps.ts'
import { Ledger } from './ledger.ts'
import type { DistrictPlan } from './plan.ts'
import { COLUMNS, type FileStyle, type Row, TableFile } from './tables.ts'

/** A finding that the product must report on this input, exactly. `amount` is signed yuan text or null. */
export interface ExpectedFinding { step: Step; rule: string; key: string; severity: Severity; amount: string | null }

export interface DocumentRow {
  type: string
  number: string
  unit?: string
  indicator?: string
  function?: string
  project?: string
  fund?: string
  amount: bigint
  status: string
  created_on: string
  updated_on?: string
  counterparty?: string
  reference?: string
}
export interface StatementRow {
  reconciliation: string
  party?: string
  reference?: string
  date?: string
  unit?: string
  function?: string
  revenue?: string
  project?: string
  fund?: string
  indicator?: string
  amount: bigint
}

export class World {
  readonly plan: DistrictPlan
  readonly ledger: Ledger
  /** Defects that only corrected input can clear are mended. */
  readonly corrected: boolean
  readonly expected: ExpectedFinding[] = []
  /** Sums that R13 and R14 compare, by their key. */
  readonly plans = new Map<string, bigint>()
  readonly spending = new Map<string, bigint>()
  /** Rows that the sections leave for the end, so that defects can still touch them. */
  readonly setup: Row[] = []
  readonly mappings: Row[] = []
  readonly assets: Record<string, string>[] = []
  readonly accounts: Row[] = []
  /** Rows of statements.csv, kept where they are wanted once more in the layouts of those who sent them. */
  readonly statements: StatementRow[] = []
  readonly #keepStatements: boolean
  readonly #files: Record<InputFile, TableFile>
  readonly #sequences = new Map<string, number>()

  constructor(plan: DistrictPlan, folder: string, style: FileStyle, corrected: boolean, keepStatements = false) {
    this.plan = plan
    this.#keepStatements = keepStatements
    this.corrected = corrected
    const files = (Object.keys(COLUMNS) as InputFile[])
      .map((file) => [file, new TableFile(join(folder, plan.district), file, style)])
    this.#files = Object.fromEntries(files) as Record<InputFile, TableFile>
    this.ledger = new Ledger(plan.year, this.#files.entries, this.#files.opening)
  }

  /** Last day of the closing year. */
  get lastDay(): string { return `${this.plan.year}-12-31` }

  /** The next number of a document type, such as `ZF202500000012`. */
  number(prefix: string): string {
    const next = (this.#sequences.get(prefix) ?? 0) + 1
    this.#sequences.set(prefix, next)
    return `${prefix}${this.plan.year}${String(next).padStart(8, '0')}`
  }

  document(row: DocumentRow): void {
    const { amount, ...rest } = row
    this.#files.documents.write({ ...rest, amount: formatYuan(amount) } as Row)
  }

  statement(row: StatementRow): void {
    if (this.#keepStatements) this.statements.push(row)
    const { amount, ...rest } = row
    this.#files.statements.write({ ...rest, amount: formatYuan(amount) } as Row)
  }

  row(file: InputFile, row: Row): void {
    this.#files[file].write(row)
  }

  expect(step: Step, rule: string, key: string, severity: Severity, amount: bigint | null = null): void {
    this.expected.push({ step, rule, key, severity, amount: amount === null ? null : formatYuan(amount) })
  }

  /** Writes what was kept back and closes all files. */
  async finish(): Promise<void> {
    this.ledger.writeOpenings()
    for (const file of ['setup', 'mappings', 'assets', 'accounts'] as const) for (const row of this[file]) this.row(file, row)
    for (const file of Object.values(this.#files)) await file.close()
  }
}

/** Adds to a sum in a map. */
export function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount)
}

/** A day of the closing year. */
export const day = (plan: DistrictPlan, month: number, date: number): string =>
  `${plan.year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
