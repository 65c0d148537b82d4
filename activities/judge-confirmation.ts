/** Judges the confirmation of a reconciliation by whom config/reconciliations.yaml names for it, never by who prepared it. */
import { type Confirmation, confirmationText, lacking, preparersOf, readConfirmations } from '../books/confirmations/standing.ts'
import { isLocked } from '../books/undo.ts'
import type { Actor } from '../config/schemas/people.ts'
import { isNamed } from '../domain/confirmations.ts'
import type { ConfirmDecision } from '../domain/decisions.ts'
import { type Bench, type Refusal, actsFor, refusal, wrongDistrict } from './judge.ts'

type Word = Pick<ConfirmDecision, 'reconciliation' | 'party' | 'confirmer' | 'evidenceDigest'>

/** Null: the confirmation counts. */
export async function judgeConfirmation(bench: Bench, actor: Actor, word: Word): Promise<Refusal | null> {
  const rule = bench.config.reconciliations.reconciliations[word.reconciliation]
  const confirmer = rule?.confirms.find(({ as }) => as === word.confirmer)
  if (!confirmer) {
    return refusal(
      'malformed', `没有对账 ${word.reconciliation} 的确认人 ${word.confirmer}。`,
      `nobody confirms ${word.reconciliation} as ${word.confirmer}`,
    )
  }
  const { run } = bench
  const district = confirmer.of === 'league' ? run.league : run.district
  if (!actsFor(actor, district)) return wrongDistrict(actor.name, district)
  if (!isNamed(actor, confirmer, word.party)) {
    const at = word.party === '' ? word.reconciliation : `${word.reconciliation} ${word.party}`
    return refusal(
      'wrong-role', `${at} 由${confirmer.zh}确认；${actor.name} 未被指定。`,
      `${at} is confirmed by the ${confirmer.en}; ${actor.name} is not named for it`,
    )
  }
  return await judgeState(bench) ?? await judgeBalance(bench, actor, word)
}

/** States in which the figures of the step stand. */
const COMPARED = ['blocked', 'awaiting-approval', 'approved']

/** A bank's word often comes after the sign-off: it is heard until the year is locked. */
async function judgeState({ db, steps, run }: Bench): Promise<Refusal | null> {
  if (run.state === 'cancelled') return refusal('wrong-state', '该年结已取消。', 'this year-end was cancelled')
  if (await isLocked(db, run.runId)) return refusal('wrong-state', '该年度已锁定。', 'this year is locked')
  if (run.kind === 'rehearsal') return refusal('wrong-state', '演练不需要确认。', 'a rehearsal needs no confirmations')
  const state = steps.find(({ step }) => step === 'reconcile')?.state ?? 'unknown'
  return COMPARED.includes(state)
    ? null
    : refusal('wrong-state', `对账状态为 ${state}，此时不能确认。`, `the reconciliation is ${state}: it can not be confirmed now`)
}

async function judgeBalance({ db, run, config }: Bench, actor: Actor, word: Word): Promise<Refusal | null> {
  const all = await readConfirmations(db, run.runId, config.reconciliations)
  const same = all.filter(({ reconciliation, party }) => reconciliation === word.reconciliation && party === word.party)
  const wanted = same.find(({ confirmer }) => confirmer === word.confirmer)
  if (!wanted) {
    return refusal(
      'not-allowed', `${word.reconciliation} ${word.party} 没有可确认的余额。`,
      `${word.reconciliation} ${word.party} has no balance to confirm`.replace('  ', ' '),
    )
  }
  if (wanted.digest !== word.evidenceDigest) {
    return refusal(
      'evidence-changed', '余额或差异已不是您看到的：请重新查看后再确认。',
      'balance or differences are no longer what you saw: look again, then confirm',
    )
  }
  if (wanted.state === 'confirmed') return refusal('wrong-state', `已由 ${wanted.by} 确认。`, `${wanted.by} confirmed it already`)
  return judgeDuties(actor, word, same, await preparersOf(db, run, word.reconciliation))
}

function judgeDuties(
  actor: Actor, { reconciliation }: Word, same: readonly Confirmation[], preparers: ReadonlySet<string>,
): Refusal | null {
  if (preparers.has(actor.name)) {
    return refusal('separation-of-duties', `职责分离：${actor.name} 处理过 ${reconciliation} 的差异或导入了数据，须由他人确认。`,
      `separation of duties: ${actor.name} decided differences of ${reconciliation} or imported the input; another person must confirm`)
  }
  const own = same.find(({ by }) => by === actor.name)
  return own ? refusal(
    'separation-of-duties', `您已作为${own.title.zh}确认，另一方须由他人确认。`,
    `you confirmed it as ${own.title.en}: another person must confirm for the other side`,
  ) : null
}

/** How many missing confirmations a refusal names. */
const NAMED_MAX = 20

/**
 * Null when everything that `confirmation: required` asks for is confirmed; otherwise the refusal of the approval, with the list.
 */
export async function judgeConfirmed({ db, run, config }: Bench): Promise<Refusal | null> {
  const missing = lacking(await readConfirmations(db, run.runId, config.reconciliations))
  if (missing.length === 0) return null
  const texts = missing.slice(0, NAMED_MAX).map(confirmationText)
  const more = missing.length - texts.length
  return refusal('confirmation-missing',
    `还缺 ${missing.length} 项对账确认：${texts.map(({ zh }) => zh).join('；')}${more > 0 ? `；另 ${more} 项` : ''}。用 nianjie confirm 确认。`,
    `${missing.length} confirmations are missing: ${texts.map(({ en }) => en).join('; ')}${more > 0 ? `; and ${more} more` : ''} (nianjie confirm)`)
}
