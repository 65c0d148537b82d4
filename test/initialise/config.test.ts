/** config/initialise.yaml and trial-day.yaml: what an office may say in them, and what is refused. */
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import { CODE_TABLES, checksOf, initialiseSchema } from '../../config/schemas/initialise.ts'
import { trialDaySchema } from '../../config/schemas/trial-day.ts'

const config = loadConfig()
const name = (zh: string) => ({ zh, en: zh })
const base = { tables: Object.fromEntries(CODE_TABLES.map((table) => [table, { name: name(table), treatment: 'new-version-with-mapping' }])) }
const problems = (tables: object, items: object = {}) =>
  initialiseSchema.safeParse({ tables: { ...base.tables, ...tables }, items }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

describe('the tables', () => {
  it('each have their gate: I1 and I2 everywhere, I3 and I4 for every code table, written down or not', () => {
    for (const table of Object.keys(config.initialise.tables)) {
      expect(checksOf(config.initialise, table)).toEqual(expect.arrayContaining((CODE_TABLES as readonly string[]).includes(table) ? ['I1', 'I2', 'I3', 'I4'] : ['I1', 'I2']))
      expect(config.initialise.tables[table]!.owner).toBeDefined()
    }
    const own = initialiseSchema.parse({ tables: { ...base.tables, own: { name: name('自有'), treatment: 'copy', value: 'formula' } } })
    expect(checksOf(own, 'own')).toEqual(['I1', 'I2', 'I10'])
  })

  it('can not lose it, nor be given a check that has nothing to check', () => {
    expect(problems({ own: { name: name('自有'), treatment: 'copy', checks: ['I1'] } })).toEqual(['tables.own.checks: I2 can not be left out of this table'])
    expect(problems({ own: { name: name('自有'), treatment: 'copy', checks: ['I1', 'I2', 'I5'] } })[0]).toMatch(/^tables.own.checks: I5 has nothing to check here/)
    expect(problems({ own: { name: name('自有'), treatment: 'copy', checks: ['I1', 'I2', 'I3'] } })).toHaveLength(1)
  })

  it('have names of their own, since setup.csv may use the Chinese one', () => {
    expect(problems({ a: { name: name('同名'), treatment: 'copy' }, b: { name: name('同名'), treatment: 'copy' } })[0]).toContain('another table is called 同名')
    expect(problems({}, { account: { name: name('x'), treatment: 'copy', source: 'task' } })).toEqual(['items.account: a table has this name'])
  })
})

describe('the trial day', () => {
  it('tries every class of documents that the office has', () => {
    expect(config['trial-day'].classes.map((one) => one.class).toSorted()).toEqual(Object.keys(config.documents.types).toSorted())
  })

  it('refuses a check, a table or an amount that is none', () => {
    const fits = (value: object) => trialDaySchema.safeParse(value).success
    expect(fits({ findings: { colour: 'warning' } })).toBe(false)
    expect(fits({ classes: [{ class: 'PAY_CERT', codes: ['account'] }] })).toBe(false)
    expect(fits({ classes: [{ class: 'PAY_CERT', amount: '1' }] })).toBe(false)
    expect(fits({ day: '02-30' })).toBe(false)
    expect(fits({ classes: [{ class: 'PAY_CERT' }, { class: 'PAY_CERT' }] })).toBe(false)
    expect(fits({ classes: [{ class: 'PAY_CERT' }] })).toBe(true)
  })
})
