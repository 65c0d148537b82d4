/** Rule files: what is refused, with its line, and that nothing of a file can reach a statement but what the language knows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cardNames } from '../../config/asset-columns.ts'
import { ConfigError, builtInFolder, loadConfig } from '../../config/load.ts'
import { compile, compileCondition } from '../../domain/expression/compile.ts'
import { ExpressionError } from '../../domain/expression/tokens.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'rules-')) })
afterAll(() => { rmSync(folder, { recursive: true }) })

const SOURCE = readFileSync(join(builtInFolder(), 'asset-health.yaml'), 'utf8')

/** What the loader says of the built-in file with one piece of text replaced. */
function problemsOf(from: string, to: string): { problems: string; line: number } {
  expect(SOURCE).toContain(from)
  writeFileSync(join(folder, 'asset-health.yaml'), SOURCE.replace(from, to))
  const line = SOURCE.slice(0, SOURCE.indexOf(from)).split('\n').length
  try {
    loadConfig(folder)
    return { problems: '', line }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { problems: error.problems.join('\n'), line }
  }
}

describe('a rule file', () => {
  it.each([
    ['a column that there is not', 'condition: booked and booked_on is null', 'condition: booked and booked_no is null', 'no column booked_no'],
    ['a function that there is not', 'condition: booked and booked_on is null', 'condition: booked and pg_sleep(booked_on)', 'no function pg_sleep'],
    ['a second statement', 'condition: booked and booked_on is null', 'condition: "booked; drop table assets"', 'not part of the rule language: ";"'],
    ['a subquery', 'condition: booked and booked_on is null', 'condition: (select 1) = 1', 'no column select'],
    ['a type that does not fit', 'condition: booked and booked_on is null', 'condition: booked_on > cost', 'can not compare date with money'],
    ['a number that is no condition', 'condition: booked and booked_on is null', 'condition: quantity + 1', 'not a condition'],
    ['a parameter that there is not', 'condition: booked and booked_on is null', 'condition: booked_on > :deadline', 'no parameter :deadline'],
    ['a class group that there is not', 'condition: booked and booked_on is null', "condition: in_class('ship')", 'in_class takes names'],
    ['a pattern that is none', 'condition: booked and booked_on is null', "condition: name ~ '('", 'not a regular expression'],
    ['an open parenthesis', 'condition: booked and booked_on is null', 'condition: (booked', 'expected )'],
    ['a field to correct that there is not', 'fields: [booked_on, acquired_on]', 'fields: [booked_at]', 'no column booked_at'],
    ['a suggestion of another type', "{ field: life_months, value: life_minimum, when: life_months < life_minimum }\n    fields: [life", "{ field: life_months, value: name }\n    fields: [life", 'life_months is a number, its suggestion a text'],
    ['a placeholder that there is not', '晚于报告年度末 {year_end}', '晚于报告年度末 {day}', 'no parameter :day'],
  ])('is refused with its line: %s', (_, from, to, reason) => {
    const { problems, line } = problemsOf(from, to)
    expect(problems).toContain(reason)
    expect(problems).toMatch(new RegExp(`asset-health\\.yaml:${line}:`))
  })

  it('is refused when a rule stands twice, has two forms or an unknown severity', () => {
    expect(problemsOf('- id: D02', '- id: D01').problems).toContain('rule D01 stands twice')
    expect(problemsOf('    condition: booked and booked_on is null\n', '').problems).toContain('rule D01 needs one of condition, groups, median')
    expect(problemsOf('severity: error\n    condition: booked and booked_on', 'severity: fatal\n    condition: booked and booked_on').problems).toContain('severity')
  })

  it('is refused where it looks at what no unit is given, or at last year in a way that there is not', () => {
    expect(problemsOf('given: vehicle-quota', 'given: ship-quota').problems).toContain('no figure ship-quota among quotas')
    expect(problemsOf("op: '<>'", "op: '!='").problems).toMatch(/asset-health\.yaml:\d+:\d+: rules\.\d+\.per_unit\.op/)
    expect(problemsOf('        column: cost\n', '').problems).toContain('a column stands with changed, and only there')
    expect(problemsOf('last_voucher_no', 'next_voucher_no').problems).toContain('no column next_voucher_no')
  })

  it('is refused when a district changes what there is not, or by another kind of value', () => {
    const district = (text: string) => problemsOf('districts: {}', `districts: { '152501': ${text} }`).problems
    expect(district('{ off: [D99] }')).toContain('no rule D99')
    expect(district('{ parameters: { D05: { days: 1 } } }')).toContain('rule D05 has no parameter days')
    expect(district('{ parameters: { D05: { max_days: soon } } }')).toContain('max_days must be a number, not a text')
    expect(district("{ parameters: { N04: { pattern: '(' } } }")).toContain('not a regular expression')
    expect(district('{ parameters: { D05: { max_days: 120 } } }')).toBe('')
  })

  it('takes a rule of the office', () => {
    const own = "rules:\n  - id: D90\n    severity: info\n    condition: booked_on = :year_end\n    message: { zh: 年末入账, en: Booked on the last day }\n    suggestion: { zh: 无, en: None }\n    source: office\n"
    expect(problemsOf('rules:\n', own).problems).toBe('')
  })
})

const names = cardNames(loadConfig()['asset-health'], 2025, new Map(), false)

describe('the rule language', () => {
  it('quotes texts so that they stay texts', () => {
    expect(compile(`name = 'O''Hara; drop table assets --'`, names).sql).toBe(`(a.name = 'O''Hara; drop table assets --')`)
  })

  it('either refuses a text or gives SQL made of its own pieces', () => {
    const word = fc.constantFrom('booked', 'cost', '0', "'x'", '(', ')', 'and', 'or', 'not', '=', '<', '+', '*', 'is', 'null', 'in', 'between', 'coalesce', ',', ';', '--', '/*', '"', '$1', '\\', 'select', ':year', 'now', '::')
    fc.assert(fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      try {
        const { sql } = compileCondition(words.join(' '), names)
        expect(sql).not.toMatch(/;|--|\/\*|"|\$|\\|select/)
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError)
      }
    }), { numRuns: 3000 })
  })

  it('refuses any garbage with an error of its own', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => {
      try { compile(text, names) } catch (error) { expect(error).toBeInstanceOf(ExpressionError) }
    }), { numRuns: 2000 })
  })

  it('refuses what is too long or too deep', () => {
    expect(() => compile('('.repeat(1000), names)).toThrow('nested too deeply')
    expect(() => compile(`${'cost + '.repeat(400)}cost`, names)).toThrow('longer than')
  })
})
