/**
 * Problems that users report (CONTRACT §5, DOMAIN §9): what they are, which action leads from which state to which, and what
 * the actions leave of a problem. Pure: safe in the workflow sandbox.
 */

export const CHANNELS = ['hotline', 'mini-program', 'wechat', 'on-site'] as const
export type Channel = (typeof CHANNELS)[number]

export const PROBLEM_KINDS = ['fault', 'request', 'consultation'] as const
export type ProblemKind = (typeof PROBLEM_KINDS)[number]

export const PROBLEM_STATES = ['open', 'acknowledged', 'assigned', 'waiting', 'resolved'] as const
export type ProblemState = (typeof PROBLEM_STATES)[number]

/** What people do with a problem; each is a signed word. `take` answers an alarm without answering the user. */
export const PROBLEM_ACTIONS = ['open', 'acknowledge', 'take', 'assign', 'wait', 'resume', 'resolve', 'reopen'] as const
export type ProblemAction = (typeof PROBLEM_ACTIONS)[number]

/** What the problem's own clocks do. */
const CLOCK_ACTIONS = ['alarm', 'passed-on', 'breach', 'breach-withdrawn'] as const
export type EventAction = ProblemAction | (typeof CLOCK_ACTIONS)[number]

/** Whose minutes run while nobody else is waited for. */
export const SERVICE_PARTY = 'engineer'

const UNRESOLVED: readonly ProblemState[] = ['open', 'acknowledged', 'assigned', 'waiting']

/** The states in which an action means something. */
export const ALLOWED_IN: Record<ProblemAction, readonly ProblemState[]> = {
  open: [],
  acknowledge: UNRESOLVED,
  take: UNRESOLVED,
  assign: UNRESOLVED,
  wait: UNRESOLVED,
  resume: ['waiting'],
  resolve: UNRESOLVED,
  reopen: ['resolved'],
}

/** What a person says of a problem, and signs: the canonical JSON of exactly this. Times are ISO 8601 UTC. */
interface WordBase {
  wordId: string
  problemId: string
  actor: string
  /** When it was said, by the clock of the books: this is what the clocks go by. */
  signedAt: string
}

/** The report itself. */
export interface OpenWord extends WordBase {
  action: 'open'
  district: string
  user: string
  channel: Channel
  kind: ProblemKind
  text: string
  /** When the user called. */
  calledAt: string
  /** What it was made from: a finding, or a step that failed or waits. */
  from?: { runId: number; step: string; generation: number; findingId?: string; state?: string }
}

export type ActionWord = WordBase & (
  | { action: 'acknowledge' | 'take' | 'resume'; comment: string }
  | { action: 'assign'; to: string; comment: string }
  | { action: 'wait'; on: string; reason: string }
  | { action: 'resolve'; confirmedBy: string; comment: string }
  | { action: 'reopen'; reason: string })

export type ProblemWord = OpenWord | ActionWord

/** Texts that a word of each action must have, none of them empty but a comment. */
const TEXTS: Record<ProblemAction, readonly string[]> = {
  open: ['district', 'user', 'text', 'calledAt'], acknowledge: ['comment'], take: ['comment'], resume: ['comment'],
  assign: ['to', 'comment'], wait: ['on', 'reason'], resolve: ['confirmedBy', 'comment'], reopen: ['reason'],
}

/** Longest text of a word, in characters. */
const TEXT_MAX = 2_000
/** A business id: part of a workflow's id, shown everywhere. */
export const PROBLEM_ID = /^[\p{L}\p{N}._-]{1,64}$/u

/** What is wrong with the form of a word that came from outside, or null. */
export function wordProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'not an object'
  const word = value as Record<string, unknown>
  if (!PROBLEM_ACTIONS.some((one) => one === word.action)) return `unknown action ${String(word.action)}`
  const texts = TEXTS[word.action as ProblemAction]
  for (const name of ['wordId', 'problemId', 'actor', 'signedAt', ...texts]) {
    if (typeof word[name] !== 'string') return `${name} is not a text`
    if (name !== 'comment' && word[name].trim() === '') return `${name} is empty`
    if (word[name].length > TEXT_MAX) return `${name} has more than ${TEXT_MAX} characters`
  }
  if (!PROBLEM_ID.test(word.problemId as string)) return 'problemId must be letters, digits and . _ - only, at most 64 of them'
  for (const name of ['signedAt', 'calledAt']) if (word[name] !== undefined && !isTime(word[name])) return `${name} is no time`
  return word.action === 'open' ? reportProblem(word) : null
}

function reportProblem({ channel, kind, from }: Record<string, unknown>): string | null {
  if (!CHANNELS.some((one) => one === channel)) return `unknown channel ${String(channel)}`
  if (!PROBLEM_KINDS.some((one) => one === kind)) return `unknown kind ${String(kind)}`
  if (from === undefined) return null
  const { runId, step, generation } = (from ?? {}) as Record<string, unknown>
  return Number.isInteger(runId) && Number.isInteger(generation) && typeof step === 'string' ? null : 'from is malformed'
}

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))
