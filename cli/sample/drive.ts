/**
 * The sample's people at work: they look at the board as everyone does, decide what waits for them, sign it with their own
 * keys, and have the input corrected where nothing else can help. Everything goes the road that people go.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { type Board, readBoard } from '../../books/read-model/board.ts'
import { type ListedFinding, listFindings } from '../../books/read-model/findings.ts'
import type { DistrictNames, DistrictStatus, StepStatus } from '../../books/read-model/status.ts'
import type { Database } from '../../books/tables.ts'
import type { Config } from '../../config/load.ts'
import type { Operations, Refused } from '../operations.ts'
import { failure } from '../shared/exit.ts'
import type { Cast } from './actors.ts'
import { confirmTreasury } from './confirm.ts'
import { wordOn } from './words.ts'

export interface DriveOptions {
  db: Kysely<Database>
  operations: Operations
  config: Pick<Config, 'approvals'>
  cast: Cast
  year: number
  names: DistrictNames
  /** Imports the district's corrected input and tells the run. */
  correct(district: string): Promise<void>
  onBoard(board: Board): void
}

const POLL_MS = 250
/** A step that stays as it is for so long, though its people acted, will not move any more. */
const STUCK_MS = 10 * 60_000
/** Refusals that only mean that something moved since it was shown. */
const MOVED = new Set(['wrong-state', 'evidence-changed', 'unknown-finding'])

/**
 * Districts whose input was corrected, with the generation of the step that needed it: until it has run again it says the same.
 */
type Corrected = Map<string, { step: string; generation: number }>

/**
 * Decides until every district is signed off.
 * @throws CliError when a step failed, a decision was refused for good, or nothing moves any more
 */
export async function driveYear(options: DriveOptions): Promise<Board> {
  const corrected: Corrected = new Map()
  let seen = ''
  let moved = Date.now()
  for (;;) {
    const board = await readBoard(options.db, { year: options.year }, options.names)
    options.onBoard(board)
    const { districts } = board.status
    if (districts.every((district) => district.state === 'completed')) return board
    const now = JSON.stringify(districts)
    if (now !== seen) moved = Date.now()
    else if (Date.now() - moved > STUCK_MS) throw failure({
      zh: '十分钟没有任何进展，详见 nianjie status', en: 'nothing has moved for ten minutes: see nianjie status',
    })
    seen = now
    // All come to an end before an error is thrown: nothing is left half said when the connections close.
    const ends = await Promise.allSettled(districts.map((district) => decideDistrict(options, board, district, corrected)))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
    await sleep(POLL_MS)
  }
}

async function decideDistrict(
  options: DriveOptions, board: Board, district: DistrictStatus, corrected: Corrected,
): Promise<void> {
  for (const step of district.steps) {
    if (step.state === 'failed') throw stepFailed(board, district, step)
    if (step.state !== 'blocked' && step.state !== 'awaiting-approval') continue
    const open = await openFindings(options, district.code, step)
    const generation = board.details.get(`${district.code}/${step.step}`)?.generation ?? 0
    if (open.length > 0) await settle(options, { district: district.code, step: step.step, generation }, open, corrected)
    else if (step.state === 'awaiting-approval') await approve(options, board, district.code, step)
  }
}

function stepFailed(board: Board, district: DistrictStatus, { step }: StepStatus): Error {
  const why = board.details.get(`${district.code}/${step}`)?.failure
  return failure({
    zh: `${district.name} ${step} 失败：${why?.zh ?? ''}`, en: `${district.nameEn} ${step} failed: ${why?.en ?? ''}`,
  })
}

/** What a step waits for; I1–I4 stand under `initialise` and block the carry-forward's plan. */
async function openFindings({ db, year }: DriveOptions, district: string, { step }: StepStatus): Promise<ListedFinding[]> {
  const list = (of: StepStatus['step']) => listFindings(db, { year, districts: [district], step: of, status: 'open' })
  const own = await list(step)
  const setup = step === 'carry-forward' ? (await list('initialise')).filter((finding) => /^I\d/.test(finding.rule)) : []
  return [...own, ...setup]
}

async function settle(
  options: DriveOptions, at: { district: string; step: string; generation: number }, open: readonly ListedFinding[],
  corrected: Corrected,
): Promise<void> {
  const { district, ...seen } = at
  const before = corrected.get(district)
  if (before?.step === seen.step && before.generation >= seen.generation) return
  const words = open.map(wordOn)
  const decided = words.some((word) => word === null)
    ? NEEDS_INPUT
    : await options.operations.decideFindings({ actor: options.cast.engineerOf(district), rows: words.map((word) => word!) })
  if (decided.ok || MOVED.has(decided.code)) return
  if (decided.code !== 'not-allowed' || before) throw refusedForGood(district, decided)
  corrected.set(district, seen)
  await options.correct(district)
}

const NEEDS_INPUT: Refused = { ok: false, code: 'not-allowed', zh: '只能更正数据', en: 'only corrected input helps' }

/** The first of those whose role the step asks for and who has not approved this evidence yet. */
async function approve(
  { operations, config, cast, year }: DriveOptions, board: Board, district: string, { step }: StepStatus,
): Promise<void> {
  const detail = board.details.get(`${district}/${step}`)
  const { roles } = config.approvals.steps[step]
  const able = [
    ...(roles.includes('finance') ? [cast.financeOf(district)] : []),
    ...(roles.includes('coordinator') ? [cast.coordinator] : []),
  ]
  const actor = able.find((name) => !detail?.approvedBy.includes(name))
  if (!detail?.evidenceDigest || !actor) return
  if (step === 'reconcile') await confirmTreasury(operations, cast, { year, district })
  const answer = await operations.decideStep({
    year, district, step, kind: 'approve', actor, comment: '核对无误，同意', evidenceDigest: detail.evidenceDigest,
  })
  if (!answer.ok && !MOVED.has(answer.code) && answer.code !== 'separation-of-duties') throw refusedForGood(district, answer)
}

const refusedForGood = (district: string, { zh, en, code }: Refused): Error =>
  failure({ zh: `${district}：决定被拒绝：${zh} [${code}]`, en: `${district}: a decision was refused: ${en} [${code}]` })
