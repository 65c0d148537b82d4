/** The trial day: what a test document meets in the new year, what fails, what is only not tried, and that nothing stays. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StepContext } from '../../activities/step.ts'
import { asShown, readTrialDay, runTrialDay } from '../../books/steps/initialise/trial/index.ts'
import { numberOf } from '../../domain/number-rules.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Item, MAPPINGS, SETUP, makeDistrict, runStep } from './district.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

/** Everything that a payment needs. The indicator IND-1-2026 names unit 001, function 2010101, project P1 and fund general. */
const READY: readonly Item[] = [
  ...SETUP.filter(([table, code]) => !(table === 'number-rule' && code === 'PAY')),
  ['number-rule', 'PAY_CERT', '支付凭证', null, 'ZF{YYYY}{SEQ:8}'], ['number-rule', 'pay-apply', '支付申请', null, 'SQ{YYYY}{SEQ:6}'],
  ['project', 'P', '项目', null, null], ['project', 'P1', '项目一', 'P', null], ['fund', 'general', '一般', null, null],
  ['bank-account', 'ABC', '农行', null, '0588'], ['voucher-template', 'PAY_CERT', '模板', null, 'Dr 7001 Cr 8041'],
]
const replaced = (...items: Item[]): readonly Item[] => [...READY.filter(([table, code]) => !items.some((item) => item[0] === table && item[1] === code)), ...items]
const without = (table: string): readonly Item[] => READY.filter((item) => item[0] !== table)

/** A district with a treasury book and one carried indicator, whose step has run. */
async function tryDistrict(items: readonly Item[], prepare: (context: StepContext) => Promise<void> = async () => {}) {
  const context = await makeDistrict(test, items, MAPPINGS)
  await test.pool.query(`insert into books values ($1, 1, 'ZKJ', '总账', 'treasury-2022', null, 2)`, [context.scopeId])
  for (const [id, account, leaf] of [[1, '7001', true], [2, '8041', false], [3, '804101', true], [4, '1001', true]] as const) {
    await test.pool.query(`insert into accounts values ($1, $2, 1, $3, $3, 'asset', 'debit', '{}', $4, true, null)`, [context.scopeId, id, account, leaf])
  }
  await test.pool.query(`update new_indicators set unit = '001', function = '2010101', project = 'P1', fund = 'general', amount = 5000
    where carry_id = (select carry_id from carry_forwards where run_id = $1)`, [context.runId])
  await prepare(context)
  const { figures, found } = await runStep(test, context)
  const documents = await readTrialDay(test.db, context.runId, context.generation)
  const document = (name: string) => documents.find((one) => one.class === name)!
  const check = (name: string, kind: string) => document(name).checks.find((one) => one.check === kind)
  return { context, figures, documents, document, check, trial: found.filter(({ rule }) => rule.startsWith('T')).map(({ rule, key, severity }) => [rule, key, severity]) }
}

const sql = (text: string, ...values: unknown[]) => async ({ scopeId, runId }: StepContext) => {
  await test.pool.query(text, values.map((value) => (value === 'scope' ? scopeId : value === 'run' ? runId : value)))
}

describe('a new year that is ready', () => {
  it('lets a payment certificate through, number, voucher, bank and all', async () => {
    const { document, trial, figures } = await tryDistrict(READY)
    expect(document('PAY_CERT')).toMatchObject({ result: 'passed', number: 'ZF202600000001', unit: '001', indicator: 'IND-1-2026', amount: '1.00', day: '2026-01-05' })
    expect(document('PAY_CERT').checks.map(({ rule, result }) => `${rule} ${result}`)).toEqual(
      ['T1 passed', 'T2 passed', 'T3 passed', 'T4 passed', 'T5 passed', 'T6 not-tried', 'T7 passed', 'T8 passed', 'T9 passed'])
    expect(trial).toEqual([])
    expect(figures.trialDay).toMatchObject({ day: '2026-01-05', passed: 2, failed: 0, failedClasses: [] })
  })

  it('does not try classes without a number rule', async () => {
    const { document, figures } = await tryDistrict(READY)
    expect(document('BGT_ADJ')).toMatchObject({ result: 'not-tried', number: null })
    expect(figures.trialDay.notTried).toBe(22)
  })

  it('leaves nothing behind but its protocol, and gives the same one again', async () => {
    const { context, documents } = await tryDistrict(READY)
    const { rows } = await test.pool.query(`select (select count(*) from documents where scope_id = $1) as documents, (select count(*) from entries where scope_id = $1) as entries,
      (select sum(amount) from new_indicators where carry_id = (select carry_id from carry_forwards where run_id = $2)) as amount`, [context.scopeId, context.runId])
    expect(rows[0]).toMatchObject({ documents: 0n, entries: 0n })
    expect(Number(rows[0].amount)).toBe(5000)
    await runStep(test, context)
    expect(await readTrialDay(test.db, context.runId, 1)).toEqual(documents)
  })

  it('can be tried on another day, in a transaction of its own', async () => {
    const { context } = await tryDistrict(READY)
    const carry = await test.db.selectFrom('carry_forwards').select('carry_id').where('run_id', '=', context.runId).executeTakeFirstOrThrow()
    const on = (day: string) => test.db.transaction().execute((trx) => runTrialDay(trx, { ...context, carryId: carry.carry_id, day })).then(asShown)
    const late = (await on('2027-01-04')).find((one) => one.class === 'PAY_CERT')!
    expect(late.checks.filter(({ result }) => result === 'failed').map(({ rule }) => rule)).toEqual(['T4', 'T8'])
    expect((await on('2026-12-31')).find((one) => one.class === 'PAY_CERT')).toMatchObject({ result: 'passed', number: 'ZF202600000001' })
  })
})

describe('what fails is a finding', () => {
  it.each<[string, readonly Item[], ((context: StepContext) => Promise<void>) | undefined, string[][]]>([
    ['a pattern without a sequence', replaced(['number-rule', 'PAY_CERT', 'x', null, 'ZF{YYYY}']), undefined, [['T1', 'PAY_CERT', 'warning']]],
    ['a first number that a carried document has', READY,
      sql(`insert into carried_documents values ($1, 'PAY_CERT', 'ZF0', 'ZF202600000001', '001', 1, null)`, 'run'), [['T1', 'PAY_CERT', 'warning']]],
    ['a code below one that is switched off, once for both classes', replaced(['project', 'P', '项目', null, null, false]), undefined, [['T2', 'project/P1', 'warning']]],
    ['a certificate that ends between New Year and the first day of work', replaced(['certificate', 'c1', '证书', null, '2026-01-03']), undefined, [['T8', 'certificate', 'warning']]],
    ['an account that is switched off and went nowhere', replaced(['account', 'treasury-2022:7001', '支出', null, null, false]), undefined, [['T5', 'treasury-2022:7001', 'warning'], ['T9', 'PAY_CERT', 'warning']]],
  ])('%s', async (_, items, prepare, expected) => {
    expect((await tryDistrict(items, prepare)).trial).toEqual(expected)
  })

  it('names the classes that it stops', async () => {
    const { context } = await tryDistrict(replaced(['project', 'P', '项目', null, null, false]))
    const { found } = await runStep(test, context)
    expect(found.find(({ rule }) => rule === 'T2')!.message_zh).toContain('PAY_APPLY、PAY_CERT')
  })

  it('of the severity that the office set, or none', async () => {
    const { context } = await tryDistrict(replaced(['number-rule', 'PAY_CERT', 'x', null, 'ZF{YYYY}']))
    const findings = (severity: 'error' | 'none') => runStep(test, { ...context, config: { ...context.config, 'trial-day': { ...context.config['trial-day'], findings: { number: severity } } } })
    expect((await findings('error')).found).toMatchObject([{ rule: 'T1', severity: 'error' }])
    expect((await findings('none')).found).toEqual([])
  })

  it('not again what another rule says: an expired certificate is I5, a pattern without the year I8', async () => {
    const expired = await tryDistrict(replaced(['certificate', 'c1', '证书', null, '2025-12-31']))
    expect(expired.check('PAY_CERT', 'validity')).toMatchObject({ result: 'failed' })
    const repeated = await tryDistrict(replaced(['number-rule', 'PAY_CERT', 'x', null, 'ZF{SEQ:8}']),
      async (context) => {
        await test.pool.query(`create table documents_i${context.scopeId} partition of documents for values in (${context.scopeId})`)
        await sql(`insert into documents (scope_id, type, number, status, file_line) values ($1, 'PAY_CERT', 'ZF00000001', 'completed', 2)`, 'scope')(context)
      })
    expect(repeated.check('PAY_CERT', 'number')).toMatchObject({ result: 'failed' })
    expect([...expired.trial, ...repeated.trial]).toEqual([])
  })
})

describe('what was not given is not tried', () => {
  it.each<[string, readonly Item[], string]>([
    ['without seals and certificates', without('seal').filter(([table]) => table !== 'certificate'), 'validity'],
    ['without bank accounts', without('bank-account'), 'bank-account'],
    ['without roles', without('role'), 'right'],
    ['with a mark that is not known', replaced(['number-rule', 'PAY_CERT', 'x', null, 'ZF{ABC}{SEQ:8}']), 'number'],
  ])('%s', async (_, items, kind) => {
    const { check, trial } = await tryDistrict(items)
    expect(check('PAY_CERT', kind)).toMatchObject({ result: 'not-tried' })
    expect(trial).toEqual([])
  })

  it('without carried indicators', async () => {
    const { check, trial } = await tryDistrict(READY, sql('delete from new_indicators where carry_id in (select carry_id from carry_forwards where run_id = $1)', 'run'))
    expect(check('PAY_CERT', 'indicator')).toMatchObject({ result: 'not-tried' })
    expect(trial).toEqual([])
  })

  it('nothing at all of a district that listed one closed code only', async () => {
    expect((await tryDistrict([['economic', '30201', '办公费', null, null, false]])).trial).toEqual([])
  })
})

describe('numbers', () => {
  const place = { day: '2026-01-05', district: '152501', unit: '101001' }
  it('follow the marks of the pattern', () => {
    expect(numberOf('{DISTRICT}-{UNIT}-{YY}{MM}{DD}-{SEQ:4}', place, 7)).toEqual({ number: '152501-101001-260105-0007' })
    expect(numberOf('ZF{YYYY}', place, 1)).toEqual({ problem: 'no-sequence' })
    expect(numberOf('ZF{JAHR}{SEQ}', place, 1)).toEqual({ problem: 'unknown-mark', mark: 'JAHR' })
  })

  it('differ for each place of the sequence, and for each year where the pattern holds it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 1, max: 12 }), (one, other, width) => {
      const text = (sequence: number, year: string) => (numberOf(`A{YYYY}-{SEQ:${width}}`, { ...place, day: `${year}-01-05` }, sequence) as { number: string }).number
      expect(text(one, '2026') === text(other, '2026')).toBe(one === other)
      expect(text(one, '2026')).not.toBe(text(other, '2027'))
    }))
  })
})
