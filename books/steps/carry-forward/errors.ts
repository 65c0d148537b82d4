/** Why a carry-forward could not be planned, applied, proved or undone. */

export type CarryForwardErrorCode =
  /** The input or the plan is not the one that was asked for: plan again. */
  | 'input-changed' | 'plan-changed' | 'no-plan'
  /** A proof failed: nothing was written. */
  | 'proof-failed'
  | 'blocked' | 'nothing-live' | 'locked'

/** Permanent for this input: a retry gives the same. `zh` and `en` say what is wrong and what to do. */
export class CarryForwardError extends Error {
  readonly code: CarryForwardErrorCode
  readonly zh: string
  readonly en: string
  readonly detail: unknown
  constructor(code: CarryForwardErrorCode, text: { zh: string; en: string }, detail?: unknown) {
    super(`${text.zh} ${text.en}`)
    this.name = 'CarryForwardError'
    this.code = code
    this.zh = text.zh
    this.en = text.en
    this.detail = detail
  }
}
