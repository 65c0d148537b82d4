/** The order of findings (CONTRACT §6): steps as listed, rule by letter then number, key by code point. */
import { ruleOrder } from '../domain/findings.ts'
import { STEPS } from '../domain/steps.ts'
import type { ExpectedFinding } from './world.ts'

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)

export function sortFindings(findings: readonly ExpectedFinding[]): ExpectedFinding[] {
  return [...findings].sort((a, b) => {
    const [letters, number] = ruleOrder(a.rule)
    const [otherLetters, otherNumber] = ruleOrder(b.rule)
    return compare(STEPS.indexOf(a.step), STEPS.indexOf(b.step)) || compare(letters, otherLetters) || compare(number, otherNumber)
      || compare(a.key, b.key)
  })
}
