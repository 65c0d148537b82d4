/** A difference 对账差异 of a reconciliation and what people say of it (DOMAIN §6): explained or corrected, never adjusted. */
import type { FindingAction } from './findings.ts'

/** Words on a difference that leave it open: who is to see to it, and that it is to be corrected in the input. */
export const DIFFERENCE_ACTIONS = ['assign', 'correct'] as const
export type DifferenceAction = (typeof DIFFERENCE_ACTIONS)[number]

/** Every word that a person can say on a finding. */
export type WordAction = FindingAction | DifferenceAction

/**
 * Where a difference stands: `to-correct` is open and somebody said that the input will be corrected; `cleared` was not
 * there any more when it was last checked.
 */
export const DIFFERENCE_STATES = ['open', 'to-correct', 'explained', 'waived', 'cleared'] as const
export type DifferenceState = (typeof DIFFERENCE_STATES)[number]

/** A file that proves an explanation: known by its content; the name is for people only and never a path. */
export interface EvidenceRef { name: string; sha256: string; size: number }

/** What a word says of a difference besides its comment. Part of what is signed; what is not said is not there. */
export interface AboutDifference {
  /** A key of config/differences.yaml. */
  kind?: string
  owner?: string
  evidence?: EvidenceRef
}

/** Reconciliations are the rules whose findings are differences. */
export const isReconciliation = (rule: string): boolean => /^R\d+$/.test(rule)

const NAME_MAX = 200

/** What is wrong with the form of it, or null. It came from outside. */
export function aboutProblem(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value !== 'object' || value === null) return 'about is not an object'
  const { kind, owner, evidence, ...rest } = value as Record<string, unknown>
  if (Object.keys(rest).length > 0) return `about has an unknown member ${Object.keys(rest)[0]}`
  if (kind !== undefined && typeof kind !== 'string') return 'kind is not a text'
  if (owner !== undefined && !isName(owner)) return 'owner is not a name'
  return evidence === undefined ? null : evidenceProblem(evidence)
}

function evidenceProblem(value: unknown): string | null {
  const { name, sha256, size } = (value ?? {}) as Record<string, unknown>
  if (!isName(name) || /[\\/]/.test(name)) return 'the name of the evidence is not a file name'
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return 'sha256 of the evidence is not a digest'
  return Number.isInteger(size) && (size as number) > 0 ? null : 'size of the evidence is not a number of bytes'
}

/** One line of visible text. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() === value && value.length > 0 && value.length <= NAME_MAX && !/\p{C}/u.test(value)

/** One place of a payment; amounts in yuan. `stated` where what is written there is not what stands there. */
export interface PaymentPlace {
  place: string; name: { zh: string; en: string } | null; amount: string; rows: number; status?: string; stated?: string
  names?: readonly string[]
}
export interface OddOnes { decided: boolean; places: readonly string[] }

/** Where the payment of a difference stands; no places where its key names no payment. */
export function placesOf(facts: { readonly [name: string]: unknown }): { places: readonly PaymentPlace[]; odd: OddOnes } {
  const places = Array.isArray(facts.places) ? facts.places as PaymentPlace[] : []
  return { places, odd: (facts.odd as OddOnes | undefined) ?? { decided: false, places: [] } }
}
