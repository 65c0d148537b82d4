/**
 * The plan of closing rules 年终转账规则: which account each rule takes, in which order they can run, and what makes a set
 * of rules unusable. Pure: the rules come from config/closing, the accounts from a chart.
 */
import type { Element } from './dimensions.ts'
import { ledgerOf } from './dimensions.ts'

export interface ClosingAccount { account: string; element: Element; leaf: boolean }

/** A rule reduced to what it reads and writes. `closes` and `writes` are posting accounts of the chart. */
export interface ClosingStep {
  rule: string
  /** Accounts whose balance is moved out. */
  closes: readonly string[]
  /** Accounts that get a line beside those. */
  writes: readonly string[]
  /** Accounts whose balance decides the amount without being closed. */
  reads: readonly string[]
  /** Another rule whose amount is used. */
  amountOf: string | null
  kinds: readonly string[]
  /** Fund that the rule is restricted to, or null. */
  fund: string | null
  /** Takes only some of the balance (listed projects): the account need not end at zero. */
  partial: boolean
}

/** Whether an account is `code` or stands below it in the chart. */
export const isBelow = (account: string, code: string): boolean => account.startsWith(code)

/**
 * Levels: a rule runs one level above the last earlier rule that writes what it closes, reads or repeats. Rules of one
 * level do not touch one another, so that each level is one statement over all books.
 * @returns level by rule, counting from 1
 */
export function closingLevels(steps: readonly ClosingStep[]): Map<string, number> {
  const levels = new Map<string, number>()
  steps.forEach((step, index) => {
    const needs = new Set([...step.closes, ...step.reads])
    const before = steps.slice(0, index).filter((other) =>
      other.rule === step.amountOf || other.writes.some((account) => needs.has(account)))
    levels.set(step.rule, 1 + Math.max(0, ...before.map((other) => levels.get(other.rule)!)))
  })
  return levels
}

/** A cycle of accounts (`['8501', '8701', '8501']`) through rules that close one into the other, or null. */
export function closingCycle(steps: readonly ClosingStep[]): string[] | null {
  const next = new Map<string, Set<string>>()
  for (const step of steps) {
    for (const from of step.closes) next.set(from, (next.get(from) ?? new Set()).union(new Set(step.writes)))
  }
  const done = new Set<string>()
  const walk = (account: string, path: readonly string[]): string[] | null => {
    if (path.includes(account)) return [...path.slice(path.indexOf(account)), account]
    if (done.has(account)) return null
    for (const to of next.get(account) ?? []) {
      const cycle = walk(to, [...path, account])
      if (cycle) return cycle
    }
    done.add(account)
    return null
  }
  for (const account of next.keys()) {
    const cycle = walk(account, [])
    if (cycle) return cycle
  }
  return null
}

/** Rules that would write an account after it was closed (or after its amount was read), as sentences. */
export function closingOrderProblems(steps: readonly ClosingStep[]): string[] {
  return steps.flatMap((step, index) => [
    ...(step.amountOf && !steps.slice(0, index).some((other) => other.rule === step.amountOf)
      ? [`rule ${step.rule} repeats the amount of ${step.amountOf}, which does not stand before it`] : []),
    ...steps.slice(index + 1).flatMap((later) => later.writes
      .filter((account) => step.closes.includes(account) || step.reads.includes(account))
      .filter((account) => !(step.reads.includes(account) && step.writes.includes(account)))
      .map((account) =>
        `rule ${later.rule} writes ${account} after rule ${step.rule} has closed it: put ${later.rule} before ${step.rule}`)),
  ])
}

const CLOSED_ELEMENTS: readonly Element[] = ['revenue', 'expense', 'budget_revenue', 'budget_expenditure']

/**
 * Posting accounts of classes 4–7 that no rule closes, and accounts that two rules close, as sentences.
 * @param kinds the kinds of unit to look at, such as administrative and institution
 * @param funds the funds for which rules by fund must exist
 */
export function closingCoverageProblems(
  accounts: readonly ClosingAccount[], steps: readonly ClosingStep[], kinds: readonly string[], funds: readonly string[],
  clearBefore: readonly string[],
): string[] {
  const problems = new Set<string>()
  for (const { account, element, leaf } of accounts) {
    if (!leaf || clearBefore.some((code) => isBelow(account, code))) continue
    const closing = steps.filter((step) => step.closes.includes(account) && !step.partial)
    for (const kind of kinds) {
      for (const fund of funds) {
        const fits = closing.filter((step) => step.kinds.includes(kind) && (step.fund === null || step.fund === fund))
        const who = `account ${account}${step(kind, kinds)}${closing.some((one) => one.fund !== null) ? `, fund ${fund}` : ''}`
        if (fits.length > 1) problems.add(`${who} is closed by ${fits.map((one) => one.rule).join(' and ')}`)
        if (fits.length === 0 && CLOSED_ELEMENTS.includes(element)) problems.add(`${who} is left open: no rule closes it`)
      }
    }
  }
  return [...problems]
}

const step = (kind: string, kinds: readonly string[]) => (kinds.length > 1 ? ` (${kind})` : '')

/** Rules that move between the financial and the budgetary ledger, as sentences. */
export function closingLedgerProblems(accounts: readonly ClosingAccount[], steps: readonly ClosingStep[]): string[] {
  const ledgers = new Map(accounts.map(({ account, element }) => [account, ledgerOf(element)]))
  return steps.flatMap((step) => {
    const touched = new Set([...step.closes, ...step.writes].map((account) => ledgers.get(account)).filter(Boolean))
    return touched.size > 1 ? [`rule ${step.rule} moves between the financial and the budgetary ledger`] : []
  })
}
