/** Findings of the report that are made here, not in SQL. */
import { type Transaction, sql } from 'kysely'
import type { AssetReportConfig } from '../../../config/schemas/asset-report.ts'
import type { Severity } from '../../../domain/findings.ts'
import type { Database } from '../../tables.ts'

export interface ReportFound { rule: string; key: string; severity: Severity; zh: string; en: string; facts: object }

/** The severity of a rule; null where it is switched off or the office does not have it. */
export const severityOf = (config: AssetReportConfig, rule: string): Severity | null =>
  (config.rules[rule]?.enabled ? config.rules[rule].severity : null)

/** Adds to `found`. */
export async function put(trx: Transaction<Database>, found: readonly ReportFound[]): Promise<void> {
  if (found.length === 0) return
  await sql`insert into found (step, rule, key, severity, message_zh, message_en, facts)
    select 'asset-health', f.rule, f.key, f.severity, f.zh, f.en, f.facts
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as f(rule text, key text, severity text, zh text, en text, facts jsonb)`.execute(trx)
}
