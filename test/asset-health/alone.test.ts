/** The check on its own: what it gives, and that nothing stays in the books. */
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { main } from '../../cli/main.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { COMPUTER, YEAR, config, putCards } from './support.ts'

let test: TestDatabase
beforeAll(async () => { test = await createTestDatabase() })
afterAll(async () => { await test.drop() })

it('gives findings as a year-end would, and leaves nothing behind', async () => {
  const scopeId = await putCards(test, '152501', [{ ...COMPUTER, keeper: null, net_value: 0n }, { ...COMPUTER, asset_no: 'A-0000', keeper: null }])
  await test.pool.query(`insert into input_versions (scope_id, version, digest) values ($1, 1, 'x')`, [scopeId])
  const check = await checkAssetsAlone(test.db, config, '152501', YEAR)
  expect(check!.findings.filter(({ rule }) => !rule.startsWith('R')).map(({ rule, key, severity, step, status, amount }) => [rule, key, severity, step, status, amount])).toEqual([
    ['F02', 'A-0001', 'error', 'asset-health', 'open', null],
    ['S02', 'A-0000', 'warning', 'asset-health', 'open', null], ['S02', 'A-0001', 'warning', 'asset-health', 'open', null],
  ])
  expect(check!.findings[0]!.id).toMatch(/^F[0-9a-f]{15}$/)
  const { rows } = await test.pool.query('select (select count(*) from findings)::int as findings, (select count(*) from runs)::int as runs')
  expect(rows).toEqual([{ findings: 0, runs: 0 }])
})

it('says that there is no input', async () => {
  expect(await checkAssetsAlone(test.db, config, '152502', YEAR)).toBeNull()
})

it('says on a terminal which parts are done, each by its name, and nothing in a pipe', async () => {
  const scopeId = await putCards(test, '152527', [COMPUTER])
  await test.pool.query(`insert into input_versions (scope_id, version, digest) values ($1, 1, 'x')`, [scopeId])
  const said = async (isTTY: boolean) => {
    let text = ''
    const stream = (keep: boolean) => Object.assign(new Writable({ write(chunk, _encoding, done) { if (keep) text += String(chunk); done() } }), { isTTY }) as unknown as NodeJS.WriteStream
    expect(await main(['check-assets', '--district', '152527', '--year', String(YEAR), '--json', '--lang', 'en'], {
      env: { ...process.env, DATABASE_URL: test.url }, stdout: stream(false), stderr: stream(true),
    })).toBe(0)
    return text.trim().split('\n')
  }
  const lines = await said(true)
  expect(lines).toHaveLength(10)
  expect(lines[0]).toBe('152527 check 1/10: classes and their medians, done')
  expect(lines[9]).toMatch(/^152527 check 10\/10: given figures, /)
  expect(lines[3]).toBe('152527 check 4/10: Booking dates, done')
  expect(await said(false)).toEqual([''])
})
