/** A person's word on corrected cards: signed here with the person's own key, judged by what the office allows, applied whole. */
import { randomUUID } from 'node:crypto'
import { actsFor, judgeIdentity } from '../../activities/judge.ts'
import { type SignedBatch, applyBatch, auditBatch, batchPayload, lockScopes } from '../../books/assets/apply.ts'
import { type DistrictPlan, type Plan, planAnswers } from '../../books/assets/plan.ts'
import type { ReadFile } from '../../books/assets/read-workbook.ts'
import { type RowProblem, rowProblem } from '../../books/assets/reasons.ts'
import { FORM } from '../../books/assets/form.ts'
import type { Books } from '../../books/connect.ts'
import type { Config } from '../../config/load.ts'
import type { Actor, ActorsConfig } from '../../config/schemas/people.ts'
import type { Operations, Refused } from '../operations.ts'
import { refused } from './deps.ts'
import { signAs } from './keys.ts'

export interface CorrectionRequest {
  files: readonly ReadFile[]
  actor: string
  /** Only looks. */
  dryRun: boolean
}

export interface CorrectionDeps {
  books: Books
  config: Config
  actors: ActorsConfig
  keysFolder: string
  /** Opened only when there is something to explain. */
  operations(): Promise<Operations>
}

export interface AppliedDistrict {
  district: string; year: number; version: number; corrections: number; cards: number; explanations: number; settled: number
}

export type CorrectionOutcome =
  | { ok: true; districts: readonly AppliedDistrict[] }
  | { ok: false; problems: readonly RowProblem[]; refused?: undefined }
  | { ok: false; refused: Refused; problems?: undefined }

/**
 * Reads all files against the input of now and applies every answer, or none: one bad row and nothing is written. Explanations
 * are
 * judged by the worker as any word on a finding; corrections count only when they all are accepted.
 */
export async function importCorrections(
  deps: CorrectionDeps, { files, actor: name, dryRun }: CorrectionRequest,
): Promise<CorrectionOutcome> {
  const unread = files.flatMap(({ problems }) => problems)
  const answers = files.flatMap((file) => file.answers)
  const first = await planAnswers(deps.books.pool, deps.config.input, answers)
  const wrong = [...unread, ...first.problems]
  if (wrong.length > 0) return { ok: false, problems: wrong }
  const actor = actorOf(deps, name, first)
  if ('code' in actor) return { ok: false, refused: actor }
  const explained = await explain(deps, actor, first, 'look')
  if (explained) return explained
  if (dryRun) return { ok: true, districts: first.districts.map((plan) => outcomeOf(plan, plan.inputVersion)) }
  return apply(deps, actor, files, answers)
}

async function apply(
  deps: CorrectionDeps, actor: Actor, files: readonly ReadFile[], answers: Parameters<typeof planAnswers>[2],
): Promise<CorrectionOutcome> {
  const client = await deps.books.pool.connect()
  try {
    await client.query('begin')
    const scopes = await planAnswers(client, deps.config.input, answers)
    await lockScopes(client, scopes.districts.map(({ scopeId }) => scopeId))
    // Looked at again under the lock: what changed meanwhile is named, not written over.
    const plan = await planAnswers(client, deps.config.input, answers)
    if (plan.problems.length > 0) return { ok: false, problems: plan.problems }
    const done: { district: DistrictPlan; batch: SignedBatch; version: number }[] = []
    for (const district of plan.districts) {
      if (district.corrections.length + district.explanations.length === 0) continue
      const batch = sign(deps, actor, district, files)
      if ('code' in batch) return { ok: false, refused: batch }
      done.push({ district, batch, ...await applyBatch(client, district, batch) })
    }
    const explained = await explain(deps, actor, plan, 'say')
    if (explained) return explained
    for (const { district, batch, version } of done) await auditBatch(client, district, batch, version)
    await client.query('commit')
    return { ok: true, districts: plan.districts.map((one) => outcomeOf(
      one, done.find(({ district }) => district === one)?.version ?? one.inputVersion,
    )) }
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}

function outcomeOf({ district, year, corrections, explanations, settled }: DistrictPlan, version: number): AppliedDistrict {
  return {
    district, year, version, corrections: corrections.length, cards: new Set(corrections.map(({ card }) => card.rowId)).size,
    explanations: explanations.length, settled,
  }
}

/** The person, if the office lets this person correct cards of these districts. */
function actorOf({ actors, config, keysFolder }: CorrectionDeps, name: string, { districts }: Plan): Actor | Refused {
  const actor = actors.actors.find((one) => one.name === name)
  if (!actor) return refused('unknown-actor', `没有登记操作人 ${name}。`, `there is no actor ${name}`)
  if (actor.revoked) return refused('revoked', `操作人 ${name} 已停用。`, `actor ${name} was revoked`)
  const away = districts.find(({ district }) => !actsFor(actor, district))
  if (away) {
    return refused('wrong-district', `${name} 不负责区划 ${away.district}。`, `${name} does not act for district ${away.district}`)
  }
  const { roles } = config.approvals.corrections
  if (!roles.some((role) => actor.roles.includes(role))) {
    return refused('wrong-role', `更正资产卡片需要角色 ${roles.join('、')}。`, `asset cards are corrected by the roles ${roles.join(', ')}`)
  }
  return signAs(keysFolder, name, '') === null
    ? refused('unknown-actor', `${keysFolder} 中没有 ${name} 的私钥。`, `there is no private key of ${name} in ${keysFolder}`)
    : actor
}

function sign(
  { actors, keysFolder }: CorrectionDeps, { name }: Actor, plan: DistrictPlan, files: readonly ReadFile[],
): SignedBatch | Refused {
  const batchId = randomUUID()
  const payload = batchPayload(plan, { batchId, actor: name, signedAt: new Date().toISOString(), files })
  const signature = signAs(keysFolder, name, payload) ?? ''
  const { refusal } = judgeIdentity({ actor: name, payload, signature }, actors)
  return refusal ? { ok: false, ...refusal } : { batchId, actor: name, payload, signature }
}

/** Brings the explanations before the judge; a refusal is told at the row that it speaks of. */
async function explain(
  deps: CorrectionDeps, actor: Actor, { districts }: Plan, how: 'look' | 'say',
): Promise<CorrectionOutcome | null> {
  const words = districts.flatMap(({ explanations }) => explanations)
  if (words.length === 0) return null
  const operations = await deps.operations()
  const rows = words.map(({ finding, comment, contentDigest }) => ({
    id: finding, action: 'explain' as const, comment, contentDigest,
  }))
  const request = { actor: actor.name, rows }
  const answer = await (how === 'look' ? operations.canDecideFindings(request) : operations.decideFindings(request))
  if (answer.ok) return null
  const spoken = words.find(({ finding }) => answer.en.startsWith(finding))
  if (!spoken) return { ok: false, refused: answer }
  const { answer: row, comment } = spoken
  return { ok: false, problems: [rowProblem(row, FORM.explanation[0], 'not-decided', comment, { zh: answer.zh, en: answer.en })] }
}
