/** Words on the service's records: signed with the actor's own key, judged here; they need no server but the database. */
import { randomUUID } from 'node:crypto'
import { actsFor, judgeIdentity } from '../../activities/judge.ts'
import type { SignedWord } from '../../books/service/records.ts'
import type { ActorsConfig } from '../../config/schemas/people.ts'
import { type ServiceTargets } from '../../config/schemas/service-targets.ts'
import { type Plain, canonicalJson } from '../../domain/canonical.ts'
import type { Refused } from '../operations.ts'
import { refused } from './deps.ts'
import { signAs } from './keys.ts'

export interface Desk { actors: ActorsConfig; keysFolder: string; targets: ServiceTargets; now: Date }

/**
 * Signs what the actor says, if that one may say it for all of these districts. The payload holds everything that is recorded.
 */
export function signRecord(
  { actors, keysFolder, targets, now }: Desk, actor: string, may: keyof ServiceTargets['may'], districts: readonly string[],
  said: { readonly [name: string]: Plain },
): SignedWord | Refused {
  const wordId = randomUUID()
  const payload = canonicalJson({ ...said, wordId, actor, signedAt: now.toISOString() })
  const signature = signAs(keysFolder, actor, payload)
  if (signature === null) {
    return refused('unknown-actor', `${keysFolder} 中没有 ${actor} 的私钥。`, `there is no private key of ${actor} in ${keysFolder}`)
  }
  const judged = judgeIdentity({ actor, payload, signature }, actors)
  if (judged.refusal) return { ok: false, ...judged.refusal }
  const roles = targets.may[may]
  if (!roles.some((role) => judged.actor.roles.includes(role))) {
    return refused('wrong-role', `需要角色 ${roles.join('、')}。`, `the roles that may do this: ${roles.join(', ')}`)
  }
  const foreign = districts.find((district) => !actsFor(judged.actor, district))
  if (foreign) return refused('wrong-district', `${actor} 不负责区划 ${foreign}。`, `${actor} does not act for district ${foreign}`)
  return { wordId, actor, payload, signature, at: now }
}
