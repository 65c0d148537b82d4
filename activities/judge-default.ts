/** Judges a person's signed word on a default disposition: its approval beforehand, or its withdrawal. */
import type { Transaction } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import { type StoredDefault, lockDefault, standingDefault } from '../books/cases/defaults.ts'
import { liveRuns, type Run } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import { DOCUMENT_STATUSES, defaultRefusal, isInTransit } from '../domain/documents.ts'
import type { DecisionOutcome } from '../workflows/messages.ts'
import type { JudgeDefaultRequest } from './case-contract.ts'
import { type ActivityDeps, pinnedConfig } from './deps.ts'
import { inTransaction } from './heavy.ts'
import { type Bench, type Refusal, actsFor, judgeIdentity, refusal, wrongDistrict } from './judge.ts'
import { ruleFor } from './judge-findings.ts'
import { saysWhatItIs } from './judge-standing.ts'

/** A word is judged once; asked again, the answer is the same. */
export function judgeDefault(deps: ActivityDeps, { defaultId }: JudgeDefaultRequest): Promise<DecisionOutcome> {
  return inTransaction(deps, async (trx) => {
    const word = UUID.test(defaultId) ? await lockDefault(trx, defaultId) : undefined
    if (!word) return { accepted: false, refusal: refusal('malformed', '没有这份签名的默认处置。', 'there is no such signed default') }
    if (word.accepted !== null) {
      return word.accepted
        ? { accepted: true }
        : { accepted: false, refusal: { code: word.refusalCode, zh: word.refusalZh, en: word.refusalEn } as Refusal }
    }
    const scope = await trx.selectFrom('scopes').select(['district', 'year']).where('scope_id', '=', word.scopeId)
      .executeTakeFirstOrThrow()
    const no = await judgeWord(trx, deps, word, scope)
    await trx.updateTable('document_defaults').set(no
      ? { judged_at: new Date(), accepted: false, refusal_code: no.code, refusal_zh: no.zh, refusal_en: no.en }
      : { judged_at: new Date(), accepted: true }).where('default_id', '=', defaultId).execute()
    if (!no && word.kind === 'withdraw') {
      await trx.updateTable('document_defaults').set({ withdrawn_at: new Date(), withdrawn_by: word.actor })
        .where('default_id', '=', word.target).execute()
    }
    await appendAudit(trx, {
      district: scope.district, kind: `default.${no ? 'refused' : word.kind === 'approve' ? 'approved' : 'withdrawn'}`,
      actor: word.actor,
      subject: `${scope.year}/${word.type}/${word.number || '*'}`,
      detail: {
        defaultId, target: word.target, action: word.action, comment: word.comment, ...(no && { code: no.code, reason: no.en }),
      },
    })
    return no ? { accepted: false, refusal: no } : { accepted: true }
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function judgeWord(
  trx: Transaction<Database>, deps: ActivityDeps, word: StoredDefault, scope: { district: string; year: number },
): Promise<Refusal | null> {
  const run = (await liveRuns(trx, 'real', scope.year)).find(({ scopeId }) => scopeId === word.scopeId)
  if (!run) return refusal('wrong-state', '该区划没有进行中的年结。', 'no year-end is live in this district')
  if (!saysWhatItIs(word, scope)) return refusal('malformed', '默认处置的内容与签名不符。', 'the default is not what was signed')
  const bench: Bench = { db: trx, run, config: await pinnedConfig(trx, run.rulesDigest), actors: deps.loadActors(), steps: [] }
  return judgeDefaultWord(bench, word)
}

/** What the worker says to a word on a default. */
async function judgeDefaultWord(bench: Bench, word: StoredDefault): Promise<Refusal | null> {
  const { db, run, config } = bench
  const identity = judgeIdentity(
    { actor: word.actor, payload: word.payload, signature: word.signature } as Parameters<typeof judgeIdentity>[0], bench.actors,
  )
  if (identity.refusal) return identity.refusal
  const { actor } = identity
  if (!actsFor(actor, run.district)) return wrongDistrict(actor.name, run.district)
  const type = config.documents.types[word.type]
  if (!type) return refusal('not-allowed', `没有单据类型 ${word.type}。`, `there is no document type ${word.type}`)
  const rule = ruleFor(config.approvals, { step: 'in-transit', rule: word.type, severity: type.severity })
  if (!rule?.actions.includes('document') || !rule.roles.some((role) => actor.roles.includes(role))) {
    return refusal(
      'wrong-role', `默认处置由 ${rule?.roles.join('、') ?? '（无人）'} 批准。`,
      `a default is approved by the roles ${rule?.roles.join(', ') ?? '(none)'}`,
    )
  }
  return word.kind === 'withdraw' ? judgeWithdrawal(db, word) : judgeApproval(bench, run, word)
}

async function judgeWithdrawal(db: Bench['db'], { scopeId, type, number, target }: StoredDefault): Promise<Refusal | null> {
  const standing = await standingDefault(db, scopeId, type, number)
  return standing?.defaultId === target ? null : refusal('wrong-state', '该默认处置已不生效。', 'that default does not stand any more')
}

async function judgeApproval(
  { db, config: { documents } }: Bench, run: Run, { type, number, action }: StoredDefault,
): Promise<Refusal | null> {
  if (await standingDefault(db, run.scopeId, type, number)) {
    return refusal(
      'wrong-state', `${type}${number ? `/${number}` : ''} 已有默认处置：先撤回。`,
      `${type}${number ? `/${number}` : ''} has a default already: withdraw it first`,
    )
  }
  if (number === '') {
    const refusals = DOCUMENT_STATUSES.filter((status) => isInTransit(documents, status))
      .map((status) => defaultRefusal(documents, type, status, action))
    // Somewhere it must make sense; where it does not, it will not fire.
    return refusals.includes(null) ? null : notAllowed(refusals[0]!)
  }
  const document = await db.selectFrom('documents').select(['status', 'indicator']).where('scope_id', '=', run.scopeId)
    .where('type', '=', type)
    .where('number', '=', number).executeTakeFirst()
  if (!document) return refusal('unknown-finding', `没有单据 ${type}/${number}。`, `there is no document ${type}/${number}`)
  const no = defaultRefusal(documents, type, document.status, action, { indicator: document.indicator })
  return no ? notAllowed(no) : null
}

const notAllowed = ({ zh, en }: { zh: string; en: string }): Refusal => refusal('not-allowed', zh, en)
