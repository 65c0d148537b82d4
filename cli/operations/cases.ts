/** Words on the cases of documents: default dispositions approved or withdrawn, receipts registered. */
import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { defaultPayload } from '../../activities/judge-standing.ts'
import { pinnedConfig } from '../../activities/deps.ts'
import { type DefaultAction, standingDefault, storeDefault } from '../../books/cases/defaults.ts'
import { receiptsOf } from '../../books/cases/receipts.ts'
import type { Run } from '../../books/runs.ts'
import { proposedDefault } from '../../domain/documents.ts'
import { TASK_QUEUE, casesWorkflowId } from '../../workflows/ids.ts'
import { casesChangedSignal, decideDefaultUpdate } from '../../workflows/case-messages.ts'
import type { documentCases } from '../../workflows/document-cases.ts'
import type { DefaultRequest, Done, ReceiptRow } from '../operations.ts'
import { decideFindings, liveRunOf } from './decide.ts'
import { type OperationsDeps, refused, send } from './deps.ts'
import { signAs } from './keys.ts'

/** Approves what happens to documents that nobody decided by their cut-off. */
export async function approveDefault(deps: OperationsDeps, request: DefaultRequest): Promise<Done<{ id: string; action: DefaultAction }>> {
  const run = await liveRunOf(deps, request)
  if ('code' in run) return run
  const action = request.action ?? await proposed(deps, run, request)
  if (!action) {
    return refused('not-allowed', `配置没有为 ${request.type} 提出默认处置：用 --action 指定。`, `the configuration proposes no default for ${request.type}: give --action`)
  }
  const answer = await sayDefault(deps, run, { ...request, kind: 'approve', target: null, action })
  return answer.ok ? { ...answer, action } : answer
}

/** Withdraws a default that stands; what it has done already stays done. */
export async function withdrawDefault(deps: OperationsDeps, request: Omit<DefaultRequest, 'action'>): Promise<Done<{ id: string }>> {
  const run = await liveRunOf(deps, request)
  if ('code' in run) return run
  const standing = await standingDefault(deps.books.db, run.scopeId, request.type, request.number)
  if (!standing) return refused('wrong-state', `${request.type}${request.number ? `/${request.number}` : ''} 没有默认处置。`, `no default stands for ${request.type}${request.number ? `/${request.number}` : ''}`)
  return sayDefault(deps, run, { ...request, kind: 'withdraw', target: standing.defaultId, action: standing.action })
}

async function proposed({ books }: OperationsDeps, run: Run, { type, number }: DefaultRequest): Promise<DefaultAction | undefined> {
  const { documents } = await pinnedConfig(books.db, run.rulesDigest)
  const { db } = books
  const document = number === '' ? undefined : await db.selectFrom('documents').select('status').where('scope_id', '=', run.scopeId)
    .where('type', '=', type).where('number', '=', number).executeTakeFirst()
  const rules = documents.types[type]
  const action = document ? proposedDefault(documents, type, document.status) : rules?.default ?? Object.values(rules?.default_by_status ?? {})[0]
  return action === 'complete' ? undefined : action
}

async function sayDefault(deps: OperationsDeps, run: Run, word: DefaultRequest & { kind: 'approve' | 'withdraw'; target: string | null; action: DefaultAction }): Promise<Done<{ id: string }>> {
  const defaultId = randomUUID()
  const { kind, target, type, number, action, comment, actor } = word
  const payload = defaultPayload({ defaultId, kind, target, type, number, action, comment, actor, district: run.district, year: run.year, signedAt: new Date().toISOString() })
  const signature = signAs(deps.keysFolder, actor, payload)
  if (signature === null) return refused('unknown-actor', `${deps.keysFolder} 中没有 ${actor} 的私钥。`, `there is no private key of ${actor} in ${deps.keysFolder}`)
  await storeDefault(deps.books.db, { defaultId, scopeId: run.scopeId, kind, target, type, number, action, comment, actor, payload, signature })
  const { workflow } = deps.client
  const cases = { workflowId: casesWorkflowId(run.year, run.district), taskQueue: TASK_QUEUE, args: [{ district: run.district, year: run.year }] as Parameters<typeof documentCases> }
  const answer = await send(deps, run, { what: 'default', by: actor, decisionId: defaultId }, {
    ask: () => workflow.executeUpdateWithStart(decideDefaultUpdate, {
      args: [{ defaultId }], updateId: defaultId,
      startWorkflowOperation: new WithStartWorkflowOperation<typeof documentCases>('documentCases', { ...cases, workflowIdConflictPolicy: 'USE_EXISTING' }),
    }),
    // It looks after every word that is not judged yet whenever it is told that something changed.
    leave: () => workflow.signalWithStart<typeof documentCases, []>('documentCases', { ...cases, signal: casesChangedSignal, signalArgs: [] }),
  })
  if (!answer.ok) return answer
  return answer.value.accepted ? { ok: true, id: defaultId } : { ok: false, ...answer.value.refusal! }
}

/**
 * Registers receipts, signed: each is the decision of its document. All or nothing; what is registered already word for word
 * is left as it is, so that a file may be given again.
 */
export async function registerReceipts(
  deps: OperationsDeps, { year, district, actor, rows }: { year: number; district: string; actor: string; rows: readonly ReceiptRow[] },
): Promise<Done<{ registered: number; already: number }>> {
  const run = await liveRunOf(deps, { year, district })
  if ('code' in run) return run
  const keys = rows.map(({ type, number }) => `${type}/${number}`)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice) return refused('malformed', `${twice} 出现两次。`, `${twice} stands twice`)
  const before = await receiptsOf(deps.books.db, run.scopeId, keys)
  const fresh = rows.filter(({ type, number, outcome, reference }) => {
    const one = before.get(`${type}/${number}`)
    return !(one && one.outcome === outcome && one.reference === reference)
  })
  if (fresh.length === 0) return { ok: true, registered: 0, already: rows.length }
  const found = await deps.books.db.selectFrom('findings').select(['finding_id', 'key']).where('run_id', '=', run.runId).where('step', '=', 'in-transit')
    .where('closed_by', 'is distinct from', 'recheck').execute()
  const idOf = new Map(found.map(({ finding_id, key }) => [key, finding_id]))
  const missing = fresh.filter(({ type, number }) => !idOf.has(`${type}/${number}`))
  if (missing.length > 0) {
    const names = missing.slice(0, 5).map(({ type, number }) => `${type}/${number}`).join(', ')
    return refused('unknown-finding', `${district} 没有这些在途单据（共 ${missing.length} 份）：${names}`, `not in transit in ${district} (${missing.length} in all): ${names}`)
  }
  const answer = await decideFindings(deps, {
    actor,
    rows: fresh.map(({ type, number, outcome, reference, comment }) => ({
      id: idOf.get(`${type}/${number}`)!, action: outcome === 'completed' ? 'complete' as const : 'return' as const,
      comment: comment || reference, receipt: { outcome, reference },
    })),
  })
  return answer.ok ? { ok: true, registered: fresh.length, already: rows.length - fresh.length } : answer
}
