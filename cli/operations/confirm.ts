/** Confirmations of reconciliations: which one the actor means, then signed and judged as every word of a person. */
import type { Bench } from '../../activities/judge.ts'
import { judgeConfirmation } from '../../activities/judge-confirmation.ts'
import { type Confirmation, confirmationText, readConfirmations } from '../../books/confirmations/standing.ts'
import type { Run } from '../../books/runs.ts'
import type { Actor } from '../../config/schemas/people.ts'
import { isNamed } from '../../domain/confirmations.ts'
import type { ConfirmRequest, Done, Refused } from '../operations.ts'
import { actorOf, benchOf, submit } from './decide.ts'
import { type OperationsDeps, refused } from './deps.ts'
import { bringTo, latestRun } from './undo.ts'

/** See `Operations.confirmReconciliation`. */
export async function confirmReconciliation(
  deps: OperationsDeps, request: ConfirmRequest,
): Promise<Done<{ confirmed: Confirmation }>> {
  const meant = await prepare(deps, request)
  if ('code' in meant) return meant
  const { run, one, actor } = meant
  const { reconciliation, party, confirmer } = one
  const answer = await submit(deps, run, actor.name, {
    kind: 'confirm', reconciliation, party, confirmer, evidenceDigest: request.digest ?? one.digest, comment: request.comment,
  }, await bringTo(deps, run))
  return answer.ok ? { ok: true, confirmed: one } : answer
}

/** See `Operations.canConfirm`. */
export async function canConfirm(deps: OperationsDeps, request: ConfirmRequest): Promise<Done<{ confirmed: Confirmation }>> {
  const meant = await prepare(deps, request)
  if ('code' in meant) return meant
  const { bench, one, actor } = meant
  const no = await judgeConfirmation(bench, actor, { ...one, evidenceDigest: request.digest ?? one.digest })
  return no ? { ok: false, ...no } : { ok: true, confirmed: one }
}

async function prepare(
  deps: OperationsDeps, request: ConfirmRequest,
): Promise<{ run: Run; bench: Bench; actor: Actor; one: Confirmation } | Refused> {
  const run = await latestRun(deps, request)
  if ('code' in run) return run
  const bench = await benchOf(deps, run)
  const actor = actorOf(deps, bench, request.actor)
  if ('code' in actor) return actor
  const rule = bench.config.reconciliations.reconciliations[request.reconciliation]
  if (!rule) {
    return refused('malformed', `没有对账 ${request.reconciliation}。`, `there is no reconciliation ${request.reconciliation}`)
  }
  const all = await readConfirmations(deps.books.db, run.runId, bench.config.reconciliations)
  const own = all.filter(({ reconciliation }) => reconciliation === request.reconciliation)
  const asked = own.filter(({ confirmer, party }) => (request.confirmer === undefined || confirmer === request.confirmer)
    && (request.party === undefined || party === request.party))
  const one = choose(asked, actor, (confirmer) => rule.confirms.find(({ as }) => as === confirmer)!)
  if ('code' in one) return asked.length === 0 ? nothingToConfirm(request, own) : one
  return { run, bench, actor, one }
}

/**
 * The one that the actor is named for; those that nobody confirmed yet come first. Without a name the judge says what is wrong.
 */
function choose(
  asked: readonly Confirmation[], actor: Actor, ruleOf: (confirmer: string) => Parameters<typeof isNamed>[1],
): Confirmation | Refused {
  const named = asked.filter(({ confirmer, party }) => isNamed(actor, ruleOf(confirmer), party))
  const waiting = named.filter(({ state }) => state !== 'confirmed')
  const fitting = waiting.length > 0 ? waiting : named.length > 0 ? named : asked.slice(0, 1)
  if (fitting.length === 1) return fitting[0]!
  const shown = fitting.slice(0, CHOICES_MAX).map(confirmationText)
  const more = fitting.length > shown.length ? ' …' : ''
  return refused('malformed', `${actor.name} 可确认多项，请用 --party 或 --for 指明：${shown.map(({ zh }) => zh).join('；')}${more}`,
    `${actor.name} could confirm several, say which with --party or --for: ${shown.map(({ en }) => en).join('; ')}${more}`)
}

const CHOICES_MAX = 12

function nothingToConfirm({ reconciliation, party, confirmer }: ConfirmRequest, own: readonly Confirmation[]): Refused {
  const there = own.map(({ confirmer: as, party: of }) => (of === '' ? as : `${as} --party ${of}`))
  const asked = [reconciliation, party, confirmer].filter((one) => one !== undefined).join(' ')
  if (there.length === 0) {
    return refused(
      'wrong-state', `${reconciliation} 尚未核对，或两方都没有数据。`, `${reconciliation} was not compared yet, or has nothing on either side`,
    )
  }
  const list = there.slice(0, CHOICES_MAX).join('；')
  return refused('malformed', `没有 ${asked} 的确认；可确认：${list}`, `there is no confirmation ${asked}; there are: ${list}`)
}
