/** The form of every check that `nianjie doctor` makes. */
import type { Text } from '../../shared/lang.ts'

export type CheckState = 'ok' | 'warning' | 'wrong' | 'skipped'

export interface Outcome {
  state: CheckState
  /** What was found. */
  found: Text
  /** What to do about it; always there when the state is `wrong` or `warning`. */
  mend?: Text
}

export interface Check {
  /** Stable key, for scripts. */
  key: string
  title: Text
  check(env: NodeJS.ProcessEnv): Outcome | Promise<Outcome>
}

export interface CheckResult extends Outcome { key: string; title: Text }

const same = (text: string | Text): Text => (typeof text === 'string' ? { zh: text, en: text } : text)

export const ok = (found: string | Text): Outcome => ({ state: 'ok', found: same(found) })
export const skipped = (found: Text): Outcome => ({ state: 'skipped', found })
export const wrong = (found: string | Text, mend: Text): Outcome => ({ state: 'wrong', found: same(found), mend })
export const warning = (found: string | Text, mend: Text): Outcome => ({ state: 'warning', found: same(found), mend })

/** Makes every check. One that throws is wrong itself, and holds up no other. */
export async function runChecks(checks: readonly Check[], env: NodeJS.ProcessEnv): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const { key, title, check } of checks) {
    const outcome = await Promise.resolve().then(() => check(env)).catch((error: unknown) => wrong(
      error instanceof Error ? error.message : String(error),
      { zh: '按所述排除后再运行 nianjie doctor', en: 'mend what it says, then run nianjie doctor again' }))
    results.push({ key, title, ...outcome })
  }
  return results
}
