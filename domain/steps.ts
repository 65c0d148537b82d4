/**
 * The steps of a district's year-end, their states and what each rests on (CONTRACT §2).
 * Pure: safe in the workflow sandbox.
 */

/** Steps in the order in which reports and findings list them. */
export const STEPS = [
  'in-transit', 'reconcile', 'carry-forward', 'initialise', 'asset-health', 'sign-off',
] as const
export type Step = (typeof STEPS)[number]

/** The steps that follow one another; `asset-health` runs beside the first four. */
export const CHAIN = ['in-transit', 'reconcile', 'carry-forward', 'initialise'] as const satisfies readonly Step[]

export const STEP_STATES = [
  'pending', 'running', 'blocked', 'awaiting-approval', 'approved', 'failed', 'paused', 'cancelled',
] as const
export type StepState = (typeof STEP_STATES)[number]

const RUN_STATES = ['running', 'paused', 'completed', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]

const RUN_KINDS = ['real', 'rehearsal'] as const
export type RunKind = (typeof RUN_KINDS)[number]

export const STEP_NAMES: Record<Step, { zh: string; en: string }> = {
  'in-transit': { zh: '在途单据检查', en: 'In-transit documents' },
  reconcile: { zh: '对账', en: 'Reconciliation' },
  'carry-forward': { zh: '年终结转', en: 'Carry-forward' },
  initialise: { zh: '新年度初始化', en: 'New-year initialisation' },
  'asset-health': { zh: '资产数据体检', en: 'Asset data health check' },
  'sign-off': { zh: '签署归档', en: 'Sign-off' },
}

/** The steps whose approval a step uses: when one of these falls, the step falls with it. */
export function stepsBefore(step: Step): readonly Step[] {
  if (step === 'asset-health') return []
  if (step === 'sign-off') return [...CHAIN, 'asset-health']
  return CHAIN.slice(0, CHAIN.indexOf(step))
}

/** The steps that use `step`, directly or not, in order. */
export function stepsAfter(step: Step): readonly Step[] {
  return STEPS.filter((other) => stepsBefore(other).includes(step))
}

/** Input files (CONTRACT §1, without extension). */
export const INPUT_FILES = [
  'units', 'books', 'accounts', 'opening', 'entries', 'indicators', 'documents', 'statements',
  'setup', 'mappings', 'assets', 'asset_report', 'asset_analysis',
] as const
export type InputFile = (typeof INPUT_FILES)[number]

/**
 * The input files that each step reads: a change in another file leaves the step's approval alone. Of the asset cards and of
 * the league's ledger reconcile reads sums only, which have digests of their own (books/evidence.ts).
 */
export const STEP_INPUTS: Record<Step, readonly InputFile[]> = {
  'in-transit': ['units', 'books', 'accounts', 'entries', 'documents'],
  reconcile: ['units', 'books', 'accounts', 'opening', 'entries', 'indicators', 'documents', 'statements'],
  'carry-forward': ['units', 'books', 'accounts', 'opening', 'entries', 'indicators', 'setup', 'mappings', 'documents'],
  initialise: ['units', 'books', 'accounts', 'setup', 'mappings', 'indicators'],
  'asset-health': ['units', 'assets', 'asset_report', 'asset_analysis', 'books', 'accounts', 'opening', 'entries'],
  'sign-off': [],
}
