/** The trial day 试运行: one test document of each class through the rules of the new year, and everything taken back. */
import { CHECK_ORDER, TRIAL_CHECKS, type TrialClass } from '../../../../config/schemas/trial-day.ts'
import { rolledBack } from './attempt.ts'
import { draftOf } from './draft.ts'
import { NO_NUMBER_RULE, tryIndicator, tryNumber, tryPeriod } from './papers.ts'
import { tryAccounts, tryBankAccount, tryCodes, tryRight, tryTemplate, tryValidity } from './rules.ts'
import { makeTables } from './tables.ts'
import type { CheckOutcome, Trx, TrialDocument, TrialScope } from './types.ts'

/**
 * Tries every class of config/trial-day.yaml that config/documents.yaml knows. Writes nothing: what it wrote is rolled back,
 * document by document and in the end as a whole.
 */
export function runTrialDay(trx: Trx, scope: TrialScope): Promise<TrialDocument[]> {
  return rolledBack(trx, 'trial_day', async () => {
    await makeTables(trx, scope)
    const documents: TrialDocument[] = []
    for (const spec of scope.config['trial-day'].classes.filter((one) => one.class in scope.config.documents.types)) {
      documents.push(await rolledBack(trx, 'trial_class', () => tryClass(trx, scope, spec)))
    }
    return documents
  })
}

async function tryClass(trx: Trx, scope: TrialScope, spec: TrialClass): Promise<TrialDocument> {
  const draft = await draftOf(trx, scope, spec)
  const { number, outcome } = await tryNumber(trx, scope, draft, spec)
  const { unit = null } = draft.codes
  const document = { class: spec.class, day: scope.day, number, unit, indicator: draft.indicator, amount: draft.amount }
  // Without a number rule nobody set this class up for the new year: there is nothing to try.
  if (outcome === NO_NUMBER_RULE) return { ...document, unit: null, indicator: null, result: 'not-tried', checks: [outcome] }
  const checks: (CheckOutcome | null)[] = [
    outcome,
    spec.codes.length > 0 ? await tryCodes(trx, draft) : null,
    spec.indicator === 'none' ? null : await tryIndicator(trx, draft, spec),
    await tryPeriod(trx, scope),
    spec.entry ? await tryAccounts(trx, scope, draft, spec.entry) : null,
    spec.right ? await tryRight(trx, scope, draft, spec.right) : null,
    spec.bank_account ? await tryBankAccount(trx, scope) : null,
    spec.valid.length > 0 ? await tryValidity(trx, scope, spec.valid) : null,
    await tryTemplate(trx, scope, spec.class),
  ]
  const tried = checks.filter((check) => check !== null)
    .toSorted((one, other) => CHECK_ORDER.indexOf(one.check) - CHECK_ORDER.indexOf(other.check))
  return { ...document, result: resultOf(tried), checks: tried }
}

/** Failed when anything did; a class of which only the period could be tried counts as not tried. */
function resultOf(checks: readonly CheckOutcome[]): TrialDocument['result'] {
  if (checks.some((check) => check.result === 'failed')) return 'failed'
  return checks.some((check) => check.result === 'passed' && check.check !== 'period') ? 'passed' : 'not-tried'
}

/** `T1` of `number`. */
export const ruleOf = (check: CheckOutcome['check']): string => TRIAL_CHECKS[check]
