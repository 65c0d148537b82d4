/** What config/documents.yaml says of each type in each status, as rows that SQL joins the documents to. */
import type { DocumentsConfig } from '../../../config/schemas/documents.ts'
import { DOCUMENT_STATUSES, allowedActions, cutOffOf, isInTransit, ownerOf } from '../../../domain/documents.ts'
import type { Plain } from '../../../domain/canonical.ts'

/** One row for each type and status that is in transit; texts are ready for the message. */
export interface DocumentCase {
  readonly [column: string]: Plain
  type: string
  status: string
  severity: string
  name_zh: string
  name_en: string
  status_zh: string
  status_en: string
  reason_zh: string
  reason_en: string
  advice_zh: string
  advice_en: string
  owner: string
  owner_zh: string
  owner_en: string
  cut_off: string
  in_doubt: boolean
  actions: readonly string[]
}

/** The cases of a district and year: some 150 rows, however many documents there are. */
export function documentCases(config: DocumentsConfig, district: string, year: number): readonly DocumentCase[] {
  const statuses = DOCUMENT_STATUSES.filter((status) => isInTransit(config, status))
  return Object.keys(config.types).flatMap((type) => statuses.map((status) => caseOf(config, type, status, district, year)))
}

function caseOf(
  config: DocumentsConfig, type: string, status: (typeof DOCUMENT_STATUSES)[number], district: string, year: number,
): DocumentCase {
  const rules = config.types[type]!
  const doubt = rules.in_doubt?.statuses.includes(status) ? rules.in_doubt : undefined
  const advice = doubt?.advice ?? rules.advice
  const owner = ownerOf(rules, status)
  const words = config.statuses[status]
  return {
    type, status, severity: rules.severity,
    name_zh: rules.name.zh, name_en: rules.name.en,
    status_zh: words.name.zh, status_en: words.name.en, reason_zh: words.reason.zh, reason_en: words.reason.en,
    advice_zh: advice.zh, advice_en: advice.en,
    owner, owner_zh: config.owners[owner]!.zh, owner_en: config.owners[owner]!.en,
    cut_off: cutOffOf(config, type, district, year)!, in_doubt: doubt !== undefined,
    actions: allowedActions(config, type, status),
  }
}
