/** Closing rules resolved against the charts of accounts: what the loader checks and what the carry-forward runs. */
import {
  type ClosingAccount, type ClosingStep, closingCoverageProblems, closingCycle, closingLedgerProblems, closingLevels,
  closingOrderProblems, isBelow,
} from '../domain/closing.ts'
import { FUNDS } from '../domain/dimensions.ts'
import type { ChartConfig } from './schemas/chart.ts'
import type { ClosingConfig, ClosingRuleConfig } from './schemas/closing.ts'

interface ClosingParts {
  charts: Readonly<Record<string, ChartConfig>>
  closing: Readonly<Record<string, ClosingConfig>>
}

const KINDS = ['administrative', 'institution'] as const

/**
 * Everything that makes the closing rules unusable: unknown accounts, a class left open, a cycle, a wrong order, a move
 * between ledgers, an unknown parameter. Called when the configuration is loaded.
 * @returns one sentence for each problem, empty when the rules can be used
 */
export function checkClosing({ charts, closing }: ClosingParts): string[] {
  const problems: string[] = []
  for (const system of new Set(Object.values(charts).map((chart) => chart.system))) {
    const files = Object.entries(closing).filter(([, rules]) => rules.system === system)
    if (files.length !== 1) problems.push(`closing/: system ${system} has ${files.length} files of closing rules instead of one`)
  }
  for (const [file, rules] of Object.entries(closing)) {
    const accounts = chartAccounts(charts, rules.system)
    const found = accounts.length === 0 ? [`no chart of system ${rules.system} in charts/`] : checkRules(rules, accounts)
    problems.push(...found.map((problem) => `closing/${file}.yaml: ${problem}`))
  }
  return problems
}

function checkRules(rules: ClosingConfig, accounts: readonly ClosingAccount[]): string[] {
  const unknown = namedProblems(rules, accounts)
  if (unknown.length > 0) return unknown
  const steps = rules.rules.filter((rule) => inMode(rule, rules)).map((rule) => closingStep(rule, accounts))
  const cycle = closingCycle(steps)
  const kinds = rules.system === 'government-unit' ? KINDS : [KINDS[1]]
  return [
    ...(cycle ? [`the rules make a cycle: ${cycle.join(' → ')}`] : closingOrderProblems(steps)),
    ...closingLedgerProblems(accounts, steps),
    ...closingCoverageProblems(accounts, steps, kinds, FUNDS.filter((fund) => fund !== 'unit'), rules.clear_before),
    ...rules.zero_after.filter((code) => !steps.some((step) => step.closes.some((account) => isBelow(account, code))))
      .map((code) => `zero_after names ${code}, which no rule closes`),
  ]
}

/** Names that lead nowhere: accounts, rules, parameters; rule names that stand twice. */
function namedProblems(rules: ClosingConfig, accounts: readonly ClosingAccount[]): string[] {
  const exists = (code: string) => accounts.some(({ account }) => account === code)
  const posting = (code: string) => accounts.some(({ account, leaf }) => account === code && leaf)
  const problems: string[] = []
  for (const field of ['clear_before', 'clear_in_one_system', 'normally_clear', 'zero_after', 'no_credit_after'] as const) {
    for (const code of rules[field]) if (!exists(code)) problems.push(`${field}: account ${code} is not in the chart`)
  }
  const names = rules.rules.map((rule) => rule.rule)
  for (const rule of rules.rules) {
    const at = `rule ${rule.rule}`
    if (names.indexOf(rule.rule) !== names.lastIndexOf(rule.rule)) problems.push(`${at} stands twice`)
    for (const code of rule.close ?? []) if (!exists(code)) problems.push(`${at}: account ${code} is not in the chart`)
    for (const code of writtenAccounts(rule)) {
      if (!posting(code)) problems.push(`${at}: ${code} is not a posting account of the chart`)
    }
    for (const list of [rule.list?.parameter, rule.projects?.parameter]) {
      if (list !== undefined && !rules.parameters.lists[list]) problems.push(`${at}: parameters.lists has no ${list}`)
    }
    if (rule.repeat && !rules.rules.some((other) => other.rule === rule.repeat!.amount_of && (other.extract ?? other.list))) {
      problems.push(`${at}: ${rule.repeat.amount_of} is not a rule with an amount (extract or list)`)
    }
  }
  return problems
}

const writtenAccounts = (rule: ClosingRuleConfig): string[] =>
  [rule.into, rule.extract?.from, rule.extract?.into, rule.repeat?.debit, rule.repeat?.credit, rule.list?.debit, rule.list?.credit]
    .filter((code) => code !== undefined)

const inMode = (rule: ClosingRuleConfig, rules: ClosingConfig) => rule.mode === undefined || rule.mode === rules.parameters.mode

/** The accounts of a system's chart, each with whether it is a posting account. */
function chartAccounts(charts: Readonly<Record<string, ChartConfig>>, system: string): ClosingAccount[] {
  const all = Object.values(charts).filter((chart) => chart.system === system).flatMap((chart) => chart.accounts)
  return all.map(({ account, element }) => ({
    account, element, leaf: !all.some((other) => other.account !== account && isBelow(other.account, account)),
  }))
}

/** A configured rule as what it closes, writes and reads. */
function closingStep(rule: ClosingRuleConfig, accounts: readonly ClosingAccount[]): ClosingStep {
  const closes = accounts.filter(({ account, element, leaf }) => leaf
    && (rule.close ? rule.close.some((code) => isBelow(account, code)) : rule.close_class === element)).map(
      ({ account }) => account,
    )
  return {
    rule: rule.rule, closes, writes: writtenAccounts(rule), reads: rule.extract ? [rule.extract.from] : [],
    amountOf: rule.repeat?.amount_of ?? null, kinds: rule.units ? [rule.units] : KINDS, fund: rule.only_fund ?? null,
    partial: rule.projects !== undefined,
  }
}

/** A rule as it will run: in order over all systems, with its level. */
export interface RunnableRule { number: number; level: number; system: ClosingConfig['system']; rule: ClosingRuleConfig }

/** The rules that are in force for the mode, numbered in their order, with levels over which they run set by set. */
export function runnableRules(parts: ClosingParts): RunnableRule[] {
  const ordered = Object.values(parts.closing).sort((a, b) => (a.system < b.system ? -1 : 1)).flatMap((rules) => {
    const active = rules.rules.filter((rule) => inMode(rule, rules)
      && (!rule.list || rules.parameters.lists[rule.list.parameter]!.length > 0))
    const accounts = chartAccounts(parts.charts, rules.system)
    const levels = closingLevels(active.map((rule) => closingStep(rule, accounts)))
    return active.map((rule) => ({ level: levels.get(rule.rule)!, system: rules.system, rule }))
  })
  return ordered.map((one, index) => ({ number: index + 1, ...one }))
}
