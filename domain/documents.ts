/**
 * Documents in transit 在途单据 (DOMAIN §5, CONTRACT §1.2): what is final, who is to act, what may be decided.
 * Pure; the types of documents are data (config/documents.yaml), the statuses are the contract's.
 */
import { parseDuration } from './deadlines.ts'

export const DOCUMENT_STATUSES = [
  'draft', 'submitted', 'approved', 'sent', 'completed', 'returned', 'voided', 'suspended',
] as const
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number]

/** C 办结, V 作废, R 退回, T 结转下年 of DOMAIN §5. */
export const DISPOSITIONS = ['complete', 'void', 'return', 'carry'] as const
export type Disposition = (typeof DISPOSITIONS)[number]

interface Text { zh: string; en: string }

/** One special rule of a type: these dispositions are refused in these statuses, and why. */
export interface DispositionRule {
  statuses: readonly DocumentStatus[]
  refuse: readonly Disposition[]
  because: Text
}

/** What these functions need of a type in config/documents.yaml. */
export interface DocumentType {
  name: Text
  dispositions: readonly Disposition[]
  rules: readonly DispositionRule[]
  /** `carry` needs the document to name its indicator: the money goes over with it. */
  carry_needs_indicator: boolean
  owner: string
  owner_by_status: { readonly [status: string]: string | undefined }
  cut_off: string
  default?: Disposition | undefined
  default_by_status: { readonly [status: string]: Disposition | undefined }
  ladder?: readonly Rung[] | undefined
  in_doubt?: { statuses: readonly DocumentStatus[] } | undefined
}

/** An alarm of a case so long before its cut-off (`72h`, `30m`), and the roles that it is for. */
export interface Rung { before: string; roles: readonly string[] }

export interface DocumentTypes {
  final: readonly DocumentStatus[]
  types: { readonly [type: string]: DocumentType | undefined }
  cut_offs: { readonly [district: string]: { readonly [type: string]: string | undefined } | undefined }
  cut_offs_of_year: { readonly [year: string]: {
    readonly [district: string]: { readonly [type: string]: string | undefined } | undefined
  } | undefined }
  cut_off_time: string
  utc_offset: string
  ladder: readonly Rung[]
}

export const DISPOSITION_NAMES: Record<Disposition, Text> = {
  complete: { zh: '办结', en: 'complete' },
  void: { zh: '作废', en: 'void' },
  return: { zh: '退回', en: 'return' },
  carry: { zh: '结转下年', en: 'carry over' },
}

/** True while a document is neither finally successful nor finally void. */
export function isInTransit(config: DocumentTypes, status: string): boolean {
  return !config.final.some((final) => final === status)
}

/**
 * The dispositions that a document of this type may get in this status, in the order of {@link DISPOSITIONS}.
 * Empty for an unknown type and for a document that is already final.
 */
export function allowedActions(config: DocumentTypes, type: string, status: string): readonly Disposition[] {
  return DISPOSITIONS.filter((action) => dispositionRefusal(config, type, status, action) === null)
}

/**
 * Why a disposition is refused, or null where it is allowed.
 * @param document what else is known: `indicator` undefined = not asked, null or '' = the document names none
 */
export function dispositionRefusal(
  config: DocumentTypes, type: string, status: string, action: string, document: { indicator?: string | null } = {},
): Text | null {
  const rules = config.types[type]
  if (!rules) return { zh: `单据类型 ${type} 未在 documents.yaml 中定义`, en: `document type ${type} is not in documents.yaml` }
  if (!isInTransit(config, status)) {
    return { zh: `单据状态为 ${status}，已是终态，无需处置`, en: `the document is ${status}: it is final, nothing is left to decide` }
  }
  const special = rules.rules.find(
    (rule) => rule.statuses.some((one) => one === status) && rule.refuse.some((one) => one === action),
  )
  if (special) return special.because
  const disposition = rules.dispositions.find((one) => one === action)
  if (!disposition) return notAllowed(rules, action)
  if (disposition === 'carry' && rules.carry_needs_indicator && document.indicator !== undefined && !document.indicator) {
    return {
      zh: `${rules.name.zh}未关联指标，不能结转下年：请先补录指标`,
      en: `a ${rules.name.en} without an indicator can not be carried over: name its indicator first`,
    }
  }
  return null
}

/** Key of who is to act on a document in this status (names: `owners` of config/documents.yaml). */
export function ownerOf(type: DocumentType, status: string): string {
  return type.owner_by_status[status] ?? type.owner
}

/**
 * The day by which a type must be settled in a district: `'2025-12-25'`. What the year's notice says of the district holds
 * first, then what it says for all, then the district's own day, then the type's.
 */
export function cutOffOf(config: DocumentTypes, type: string, district: string, year: number): string | null {
  const noticed = config.cut_offs_of_year[year]
  const date = noticed?.[district]?.[type] ?? noticed?.['*']?.[type]
  if (date) return date
  const monthDay = config.cut_offs[district]?.[type] ?? config.types[type]?.cut_off
  return monthDay ? `${year}-${monthDay}` : null
}

/** The moment of the cut-off, milliseconds since the epoch; null for an unknown type. */
export function cutOffAt(config: DocumentTypes, type: string, district: string, year: number): number | null {
  const day = cutOffOf(config, type, district, year)
  return day === null ? null : Date.parse(`${day}T${config.cut_off_time}${config.utc_offset}`)
}

/** The alarms of a type, level 1 first: milliseconds before the cut-off, and for whom. */
export function ladderOf(
  config: DocumentTypes, type: string,
): readonly { level: number; beforeMs: number; roles: readonly string[] }[] {
  const rungs = config.types[type]?.ladder ?? config.ladder
  return rungs.map(({ before, roles }, index) => ({ level: index + 1, beforeMs: parseDuration(before), roles }))
}

/** What is proposed for a document that nobody decided by its cut-off; undefined where a person must look. */
export function proposedDefault(config: DocumentTypes, type: string, status: string): Disposition | undefined {
  const rules = config.types[type]
  const action = rules?.default_by_status[status] ?? rules?.default
  return action && defaultRefusal(config, type, status, action) === null ? action : undefined
}

/**
 * Why a disposition can not happen by default, or null where a person may approve it beforehand. Stricter than
 * {@link dispositionRefusal}: a clock never declares anything completed, and what was sent, or is in doubt, may have been
 * paid: nothing about it is decided without looking (it can only be carried over).
 */
export function defaultRefusal(
  config: DocumentTypes, type: string, status: string, action: string, document: { indicator?: string | null } = {},
): Text | null {
  if (action === 'complete') return { zh: '「办结」不能作为默认处置：须有人确认', en: "'complete' is never a default: a person must have seen it" }
  const doubtful = status === 'sent' || (config.types[type]?.in_doubt?.statuses.some((one) => one === status) ?? false)
  if (doubtful && action !== 'carry') {
    return {
      zh: '单据已发送，结果未明（有重复支付风险）：不能默认作废或退回，须向对方查询',
      en: 'it was sent and its outcome is unknown (double-payment risk): it is never voided or returned by default, ask the other side',
    }
  }
  if (action === 'return' && status === 'returned') return { zh: '单据已退回，无需再退', en: 'it is returned already' }
  return dispositionRefusal(config, type, status, action, document)
}

function notAllowed(type: DocumentType, action: string): Text {
  const names = (language: 'zh' | 'en') => type.dispositions.map((one) => DISPOSITION_NAMES[one][language])
  const name = DISPOSITIONS.find((one) => one === action)
  return {
    zh: `${type.name.zh}不能「${name ? DISPOSITION_NAMES[name].zh : action}」，只能：${names('zh').join('、')}`,
    en: `a ${type.name.en} can not be decided '${action}', only: ${names('en').join(', ')}`,
  }
}
