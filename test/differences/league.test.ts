/** The league summary: what mirrors between the levels, fund by fund, and who waits for whom. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { leagueSummary } from '../../books/differences/league.ts'
import { listDifferences } from '../../books/differences/read.ts'
import { STEPS, type StepState } from '../../domain/steps.ts'
import { CONFIG, loadDistrict } from '../reconcile/fixture.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { type Checked, checkDistrict, say } from './support.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

const YEAR = 2025
const T = { book: 'T', system: 'treasury-2022' }
const transfer = (line: string, counterparty: string, debit: string, fund = 'general') => ({ book: 'T', voucher: 'V', line, account: '7011', debit, counterparty, fund })
const received = (credit: string, fund = 'general', line = '1') => ({ book: 'T', voucher: 'V', line, account: '6011', credit, fund })

const stand = ({ runId }: Checked, states: Partial<Record<(typeof STEPS)[number], { state: StepState; waiting_on?: string }>>) =>
  database.db.insertInto('step_states').values(STEPS.map((step) => ({
    run_id: runId, step, state: states[step]?.state ?? 'pending' as const, waiting_on: states[step]?.waiting_on ?? null, waiting_since: new Date('2026-01-01T02:00:00Z'), started_at: null,
  }))).execute()
const summary = () => leagueSummary(database.db, { year: YEAR }, { reconciliations: CONFIG.reconciliations, league: '152500' })

it('says of each district and fund what both levels hold, and of each district who is waited for', async () => {
  const league = await loadDistrict(database, '152500', YEAR, {
    books: [T, { book: 'U', system: 'government-unit', unit: 'u' }],
    entries: [
      transfer('1', '152501', '100'), transfer('2', '152501', '7', 'government-fund'), transfer('3', '152502', '50'), transfer('4', '152522', '30'), transfer('5', '152523', '1'),
      { book: 'U', voucher: 'V', line: '1', account: '7011', debit: '999', counterparty: '152501', fund: 'general' },
    ],
  })
  // Another year says nothing of this one.
  await loadDistrict(database, '152500', YEAR - 1, { books: [T], entries: [transfer('1', '152501', '5000')] })
  const arrived = await checkDistrict(database, '152501', YEAR, { books: [T], entries: [received('99'), received('7', 'government-fund', '2')] }, league)
  await stand(arrived, { 'in-transit': { state: 'approved' }, reconcile: { state: 'blocked' } })
  const waits = await checkDistrict(database, '152502', YEAR, { books: [T], entries: [received('50')] }, league)
  await stand(waits, { 'in-transit': { state: 'approved' }, reconcile: { state: 'running', waiting_on: '152500' } })
  const behind = await checkDistrict(database, '152522', YEAR, { books: [T] }, league)
  await stand(behind, { 'in-transit': { state: 'blocked' }, 'asset-health': { state: 'running' } })
  await loadDistrict(database, '152523', YEAR, { books: [T] })
  await database.db.insertInto('input_versions').values({ scope_id: (await database.db.selectFrom('scopes').select('scope_id').where('district', '=', '152523').executeTakeFirstOrThrow()).scope_id, version: 1, digest: 'd', changes: '{}' }).execute()

  const mirrors = await summary()
  expect(mirrors.map((one) => [one.district, one.standing, one.step, one.since])).toEqual([
    ['152501', 'compared', null, null], ['152502', 'waits', 'reconcile', '2026-01-01T02:00:00.000Z'], ['152522', 'not-there', 'in-transit', '2026-01-01T02:00:00.000Z'], ['152523', 'no-run', null, null],
  ])
  expect(mirrors.map((one) => one.rows.map((row) => `${row.key} ${row.league} ${row.district} ${row.difference} ${row.finding?.state ?? '-'}`))).toEqual([
    ['general 100.00 99.00 1.00 open', 'government-fund 7.00 7.00 0.00 -'], ['general 50.00 50.00 0.00 -'], ['general 30.00 0.00 30.00 open'], ['general 1.00 0.00 1.00 -'],
  ])
  expect(mirrors[0]!.totals).toEqual({ league: '107.00', district: '106.00', difference: '1.00' })
  const [difference] = await listDifferences(database.db, { year: YEAR, districts: ['152501'], rule: 'R17', now: new Date() })
  await say(database, arrived, [{ id: difference!.id, action: 'explain' }])
  expect((await summary())[0]!.rows[0]!.finding).toMatchObject({ id: difference!.id, state: 'explained' })
})

it('is empty where the league has no input', async () => {
  expect(await leagueSummary(database.db, { year: 1999 }, { reconciliations: CONFIG.reconciliations, league: '152500' })).toEqual([])
})
