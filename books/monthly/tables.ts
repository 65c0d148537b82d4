/** The tables of the monthly reconciliations, as Kysely sees them. Amounts are fen, months `2025-06`. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Severity } from '../../domain/findings.ts'

export interface MonthlyChecksTable {
  check_id: Generated<number>; scope_id: number; month: string; reconciliation: string; state: string; a: bigint; b: bigint
  keys: number; unequal: number; input_version: number; rules_digest: string; ran_by: string
  ran_at: ColumnType<Date, Date | string | undefined, Date | string>
}
export interface MonthlyDifferencesTable {
  check_id: number; key: string; severity: Severity; amount: bigint | null; message_zh: string; message_en: string
  facts: JSONColumnType<object>
}
export interface MonthlyTables { monthly_checks: MonthlyChecksTable; monthly_differences: MonthlyDifferencesTable }
