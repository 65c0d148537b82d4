/** Closing rules that can not be used are refused when they are loaded, with what is wrong. */
import { describe, expect, it } from 'vitest'
import { checkClosing } from '../../config/closing-rules.ts'
import { type Config, loadConfig } from '../../config/load.ts'
import { indicatorsSchema } from '../../config/schemas/indicators.ts'

const CONFIG = loadConfig()
type Rules = Config['closing'][string]
const problems = (change: (rules: Rules) => void, file = 'government-unit') => {
  const config = structuredClone(CONFIG)
  change(config.closing[file]!)
  return checkClosing(config)
}
const rule = (rules: Rules, name: string) => rules.rules.find((one) => one.rule === name)!

describe('closing rules', () => {
  it('are usable as they come', () => expect(checkClosing(CONFIG)).toEqual([]))

  it.each<[string, (rules: Rules) => void, RegExp]>([
    ['an unknown account', (rules) => { rule(rules, 'B3').close = ['6499'] }, /rule B3: account 6499 is not in the chart/],
    ['a target that is no posting account', (rules) => { rule(rules, 'B1').into = '8101' }, /rule B1: 8101 is not a posting account/],
    ['a class left open', (rules) => { rule(rules, 'B3').close = ['6401'] }, /account 7301 \(institution\) is left open/],
    ['an account closed twice', (rules) => { rule(rules, 'B3').close = ['6401', '7301', '6001'] }, /account 6001 \(institution\) is closed by B1 and B3/],
    ['a cycle', (rules) => { rule(rules, 'B10').into = '8501' }, /the rules make a cycle: .*8501 → 8701 → 8501|8701 → 8501 → 8701/],
    ['a wrong order', (rules) => { rules.rules.reverse() }, /writes \w+ after rule \w+ has closed it/],
    ['the budgetary ledger after the financial one', (rules) => {
      rules.rules = [...rules.rules.filter((one) => one.rule.startsWith('F')), ...rules.rules.filter((one) => !one.rule.startsWith('F'))]
    }, /rule F4 repeats the amount of B9, which does not stand before it/],
    ['a move between the ledgers', (rules) => { rule(rules, 'F6').into = '8501' }, /rule F6 moves between the financial and the budgetary ledger/],
    ['a list that does not exist', (rules) => { rule(rules, 'B6a').projects!.parameter = 'finished' }, /parameters.lists has no finished/],
    ['a rule that stands twice', (rules) => { rules.rules.push(rule(rules, 'F7')) }, /rule F7 stands twice/],
  ])('with %s are refused', (_, change, message) => expect(problems(change).join('\n')).toMatch(message))

  it('must cover every fund of a treasury', () => {
    expect(problems((rules) => { rules.rules = rules.rules.filter((one) => one.rule !== 'A4') }, 'treasury-2022').join('\n'))
      .toMatch(/account 7002, fund government-fund is left open/)
  })
})

describe('disposition rules of indicators', () => {
  it('decide an indicator once', () => {
    const row = { district: '152501', indicator: 'Z1', disposition: 'surplus', reason: '批复' }
    const twice = { rules: [{ age: [0], disposition: 'carry', reason: { zh: '', en: '' } }], overrides: [row, { ...row, disposition: 'carry' }] }
    expect(indicatorsSchema.safeParse(twice).error!.issues).toMatchObject([{ path: ['overrides', 1], message: 'indicator 152501/Z1 stands twice' }])
  })

  it('must cover every age', () => {
    const gap = { rules: [{ age: [0, 0], disposition: 'carry', reason: { zh: '', en: '' } }, { age: [2], disposition: 'surplus', reason: { zh: '', en: '' } }] }
    expect(indicatorsSchema.safeParse(gap).error!.issues[0]!.message).toMatch(/age 1/)
  })
})
