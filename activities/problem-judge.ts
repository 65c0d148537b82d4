/** Whether a signed word on a problem counts: its form, its time, who says it, and whether the problem is where it says. */
import type { HeldProblem } from '../books/problems/store.ts'
import type { StoredWord, Verdict } from '../books/problems/words.ts'
import type { Actor, ActorsConfig } from '../config/schemas/people.ts'
import type { ServiceFile } from '../config/schemas/service.ts'
import { PROBLEM_STATE_WORDS } from '../domain/problem-words.ts'
import { ALLOWED_IN, type ProblemWord, wordProblem } from '../domain/problems.ts'
import { actsFor, wrongDistrict } from './judge.ts'
import { readPayload } from './payload.ts'

export const verdict = (code: string, zh: string, en: string): Verdict => ({ code, zh, en })

/** How far a signed time may lie from the clock of the books and of the workflow, milliseconds. */
const SKEW_MS = 120_000

type Reading = { word: ProblemWord; refusal?: undefined } | { refusal: Verdict; word?: undefined }

/** Reads the signed payload; checks that it is what the row says, and that its time is the time at which it was handed in. */
export function readWord(row: StoredWord, now: number): Reading {
  const malformed = (en: string): Reading => ({ refusal: verdict('malformed', `记录的内容不合规：${en}`, `the word is malformed: ${en}`) })
  const read = readPayload<ProblemWord>(row.payload, wordProblem)
  if (read.malformed !== undefined) return malformed(read.malformed)
  const word = read.said
  if (word.wordId !== row.wordId || word.problemId !== row.problemId || word.actor !== row.actor || word.action !== row.action) {
    return malformed('it is not what its row says')
  }
  const at = Date.parse(word.signedAt)
  if (at < row.submittedAt.getTime() - SKEW_MS) {
    return {
      refusal: verdict('clock-skew', '签名的时间早于提交时间：时间不能倒签。', 'the signed time lies before the time at which it was handed in'),
    }
  }
  if (at > now + SKEW_MS) return { refusal: verdict('clock-skew', '签名的时间在将来。', 'the signed time lies in the future') }
  if (word.action === 'open' && Date.parse(word.calledAt) > at + SKEW_MS) {
    return { refusal: verdict('malformed', '来电时间在将来。', 'the time of the call lies in the future') }
  }
  return { word }
}

/** Judges a word whose signature holds. Null: it counts. */
export function judgeWord(
  actor: Actor, word: ProblemWord, held: HeldProblem | undefined, service: ServiceFile, actors: ActorsConfig,
): Verdict | null {
  const district = word.action === 'open' ? word.district : held?.district ?? ''
  if (word.action !== 'open' && !held) {
    return verdict('unknown-problem', `没有问题 ${word.problemId}。`, `there is no problem ${word.problemId}`)
  }
  if (!actsFor(actor, district)) return wrongDistrict(actor.name, district)
  const roles = service.may[word.action]
  if (!roles.some((role) => actor.roles.includes(role))) {
    return verdict('wrong-role', `此操作需要角色 ${roles.join('、')}。`, `this is done by the roles ${roles.join(', ')}`)
  }
  if (word.action === 'open') {
    return held ? verdict('exists', `编号 ${word.problemId} 已用于另一个问题。`, `the id ${word.problemId} is another problem's`) : null
  }
  return judgeState(word, held!) ?? judgeContent(word, service, actors, district)
}

function judgeState(word: ProblemWord, { standing }: HeldProblem): Verdict | null {
  const no = refusedIn(word.action, standing.state)
  if (no) return no
  const calling = Object.values(standing.clocks)
    .some((clock) => clock?.alarmed && !clock.alarmed.answered && clock.stoppedAt === null)
  if (word.action === 'take' && !calling) return verdict('wrong-state', '没有待接的提醒。', 'no alarm is calling')
  if (word.action === 'acknowledge' && standing.responded && !calling) {
    const { by } = standing.responded
    return verdict('wrong-state', `${by} 已响应。`, `${by} has acknowledged it already`)
  }
  return null
}

/** Why an action means nothing in a state; null when it does. */
export function refusedIn(action: ProblemWord['action'], state: HeldProblem['standing']['state']): Verdict | null {
  if (ALLOWED_IN[action].includes(state)) return null
  return verdict(
    'wrong-state', `问题的状态为“${PROBLEM_STATE_WORDS[state].zh}”，不能进行此操作。`, `the problem is ${state}: this can not be done`,
  )
}

function judgeContent(word: ProblemWord, { parties }: ServiceFile, actors: ActorsConfig, district: string): Verdict | null {
  if (word.action === 'wait' && !(word.on in parties)) {
    const known = Object.keys(parties).join(', ')
    return verdict('malformed', `没有责任方 ${word.on}；可用：${known}`, `there is no party ${word.on}; there are: ${known}`)
  }
  if (word.action !== 'assign') return null
  const to = actors.actors.find(({ name, revoked }) => name === word.to && !revoked)
  if (!to) return verdict('malformed', `没有登记操作人 ${word.to}。`, `there is no actor ${word.to}`)
  return actsFor(to, district) ? null : wrongDistrict(word.to, district)
}
