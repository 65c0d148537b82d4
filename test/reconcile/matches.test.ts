/**
 * What the matcher keeps: every match with its pass, groups of n lines and m rows suggested or matched as the
 * reconciliation says, and what `listMatches` tells of it.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inputDigestOf } from '../../books/evidence.ts'
import { listMatches, type Matches } from '../../books/read-model/matches.ts'
import { findRun } from '../../books/runs.ts'
import { reconcileOne } from '../../books/steps/reconcile/index.ts'
import { type LinesReconciliation, reconciliationsSchema } from '../../config/schemas/reconciliations.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { CONFIG, type District, type Found, contextOf, keysOf, loadDistrict, runEngine } from './fixture.ts'

let database: TestDatabase
let year = 3000
beforeAll(async () => { database = await createTestDatabase() })
afterAll(() => database.drop())

const R7 = CONFIG.reconciliations.reconciliations.R7 as LinesReconciliation
const withGroups = (groups: Partial<LinesReconciliation['groups']>): LinesReconciliation => ({ ...R7, groups: { ...R7.groups, ...groups } })

/** One match by reference, one by day; three left in the ledger that two bank rows make up; and one that fits twice. */
const DISTRICT: District = {
  books: [{ book: 'S', system: 'special-account' }],
  entries: ([['V1', '2025-01-02', '10', 'A'], ['V2', '2025-01-05', '20', ''], ['V3', '2025-02-01', '30', ''], ['V4', '2025-02-02', '40', ''], ['V5', '2025-02-03', '1', ''],
    ['V6', '2025-03-01', '5', ''], ['V7', '2025-03-02', '5', ''], ['V8', '2025-03-02', '7', '']] as const)
    .map(([voucher, date, debit, source]) => ({ book: 'S', voucher, line: '1', account: '1004', counterparty: 'ICBC', date, debit, ...(source ? { source } : {}) })),
  statements: ([['A', '2025-01-09', '10'], ['', '2025-01-06', '20'], ['B1', '2025-02-02', '60'], ['B2', '2025-02-03', '11'], ['C1', '2025-03-01', '12']] as const)
    .map(([reference, date, amount]) => ({ reconciliation: 'R7', party: 'ICBC', reference, date, amount })),
}

interface Checked { found: Found[]; figures: Record<string, unknown>; list(filter?: Parameters<typeof listMatches>[4]): Promise<Matches>; runId: number; scope: number }

async function check(reconciliation: LinesReconciliation, data: District = DISTRICT): Promise<Checked> {
  year += 1
  const scope = await loadDistrict(database, '152501', year, data)
  await sql`insert into rule_packs (digest, content) values ('r', '{}') on conflict do nothing`.execute(database.db)
  const { rows } = await sql<{ run_id: number }>`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league)
    values (${scope}, 'real', 'w', 'running', 'r', false, '152500') returning run_id`.execute(database.db)
  const runId = rows[0]!.run_id
  const { found, outcome } = await runEngine(database, (trx) => reconcileOne(trx, contextOf(scope, '152501', year, { runId, generation: 3 }), 'R7', reconciliation))
  await database.db.insertInto('step_results').values({
    run_id: runId, step: 'reconcile', generation: 3, input_digest: await inputDigestOf(database.db, await findRun(database.db, runId), 'reconcile'), evidence_digest: 'e', result: '{}',
  }).execute()
  return { found, figures: outcome, runId, scope, list: async (filter) => listMatches(database.db, await findRun(database.db, runId), 'R7', reconciliation, filter) }
}
const brief = ({ matches }: Matches) => matches.map(({ pass, state, members }) => `${pass} ${state}: ${members.map(({ side, key, amount }) => `${side} ${key} ${amount}`).join(', ')}`)

describe('groups of n lines and m rows', () => {
  it('as delivered are suggested in the findings and change neither keys nor amounts', async () => {
    const off = await check(withGroups({ mode: 'off' }))
    const delivered = await check(R7)
    expect(keysOf(delivered.found, 'R7')).toEqual(keysOf(off.found, 'R7'))
    expect(keysOf(off.found, 'R7')).toEqual(['ICBC/B1 -6000', 'ICBC/B2 -1100', 'ICBC/C1 -1200', 'S/V3/1 3000', 'S/V4/1 4000', 'S/V5/1 100', 'S/V6/1 500', 'S/V7/1 500', 'S/V8/1 700'])
    const [v3, v6] = ['S/V3/1', 'S/V6/1'].map((key) => delivered.found.find((one) => one.key === key)!)
    expect(v3!.facts.together).toEqual({ state: 'suggested', groups: 1, listed: [{
      lines: [['S/V3/1', '2025-02-01', '30.00'], ['S/V4/1', '2025-02-02', '40.00'], ['S/V5/1', '2025-02-03', '1.00']].map(([line, date, amount]) => ({ line, date, amount })),
      rows: [['B1', '2025-02-02', '60.00'], ['B2', '2025-02-03', '11.00']].map(([reference, date, amount]) => ({ reference, date, amount })),
    }] })
    expect(v3!.message_en).toContain('Ledger S/V3/1, S/V4/1, S/V5/1 and bank B1, B2 have the same sum')
    expect(v6!.facts.together).toMatchObject({ state: 'ambiguous', groups: 1 })
    expect((delivered.found.find((one) => one.key === 'ICBC/C1')!.facts.together as { groups: number }).groups).toBe(2)
    expect(off.found.some((one) => 'together' in one.facts)).toBe(false)
    expect(off.figures).not.toHaveProperty('groups')
    expect(delivered.figures.groups).toMatchObject({ mode: 'suggest', certain: 1, ambiguous: 2, stoppedAtCandidates: 0 })
  })

  it('are matched where the reconciliation says so and they fit in one way only', async () => {
    const { found, figures, list } = await check(withGroups({ mode: 'match' }))
    expect(keysOf(found, 'R7')).toEqual(['ICBC/C1 -1200', 'S/V6/1 500', 'S/V7/1 500', 'S/V8/1 700'])
    expect(figures.matched).toEqual({ reference: 1, date: 1, 'n:1': 0, '1:n': 0, 'n:m': 1 })
    expect(brief(await list({ pass: 'n:m', state: 'matched' }))).toEqual(['n:m matched: a S/V3/1 30.00, a S/V4/1 40.00, a S/V5/1 1.00, b ICBC/B1 60.00, b ICBC/B2 11.00'])
  })

  it('stop at their bounds and say so in the figures', async () => {
    const { figures } = await check(withGroups({ candidates_max: 2 }))
    expect(figures.groups).toMatchObject({ certain: 0, ambiguous: 0, stoppedAtCandidates: 2 })
    expect((await check(withGroups({ left_max: 5 }))).figures.groups).toMatchObject({ windows: 0, stoppedParties: 1 })
  })
})

describe('kept matches', () => {
  it('are listed with their pass, those by reference too, with file and line of the bank', async () => {
    const { list, runId } = await check(R7)
    const all = await list()
    expect(all.current).toBe(true)
    expect(brief(all)).toEqual([
      'reference matched: a S/V1/1 10.00, b ICBC/A 10.00', 'date matched: a S/V2/1 20.00, b ICBC/ 20.00',
      'n:m suggested: a S/V3/1 30.00, a S/V4/1 40.00, a S/V5/1 1.00, b ICBC/B1 60.00, b ICBC/B2 11.00',
      'n:m ambiguous: a S/V6/1 5.00, a S/V8/1 7.00, b ICBC/C1 12.00', 'n:m ambiguous: a S/V7/1 5.00, a S/V8/1 7.00, b ICBC/C1 12.00'])
    expect(all.counts).toEqual([
      { pass: 'reference', state: 'matched', matches: 1, members: 2 }, { pass: 'date', state: 'matched', matches: 1, members: 2 },
      { pass: 'n:m', state: 'suggested', matches: 1, members: 5 }, { pass: 'n:m', state: 'ambiguous', matches: 2, members: 6 }])
    expect(all.matches[0]!.members[1]).toMatchObject({ file: 'statements.csv', line: 2 })
    expect((await list({ limit: 1 })).matches).toHaveLength(1)
    expect(await sql`select distinct generation from reconcile_matches where run_id = ${runId}`.execute(database.db)).toMatchObject({ rows: [{ generation: 3 }] })
  })

  it('by day say how many others fitted just as well', async () => {
    const rows = (amount: string, days: readonly string[]) => days.map((day) => ({ reconciliation: 'R7', party: 'ICBC', reference: `R${day}`, date: `2025-05-${day}`, amount }))
    const { list } = await check(R7, {
      books: DISTRICT.books!, entries: ['10', '20'].map((day) => ({ book: 'S', voucher: `V${day}`, line: '1', account: '1004', counterparty: 'ICBC', date: `2025-05-${day}`, debit: '9' })),
      statements: rows('9', ['09', '11', '20', '21']),
    })
    expect((await list()).matches.map(({ rivals, members }) => [members.map(({ key }) => key), rivals])).toEqual([[['S/V10/1', 'ICBC/R09'], 1], [['S/V20/1', 'ICBC/R20'], 0]])
  })

  it('by reference are not listed once the input is no longer the one that was checked', async () => {
    const { list, scope } = await check(R7)
    await sql`insert into input_versions (scope_id, version, digest) values (${scope}, 1, 'x')`.execute(database.db)
    await sql`insert into input_files (scope_id, version, file, path, sha256, content_digest, rows) values (${scope}, 1, 'statements', 's', 's', 'changed', 1)`.execute(database.db)
    const all = await list()
    expect(all.current).toBe(false)
    expect(all.counts.map(({ pass }) => pass)).toEqual(['date', 'n:m', 'n:m'])
  })

  it('give way to those of the next check, and to none where the bank sent nothing', async () => {
    const { runId, scope } = await check(R7)
    const again = () => runEngine(database, (trx) => reconcileOne(trx, contextOf(scope, '152501', year, { runId, generation: 4 }), 'R7', R7))
    await again()
    const stored = async () => (await sql<{ n: number }>`select count(*)::int as n from reconcile_matches where run_id = ${runId}`.execute(database.db)).rows[0]!.n
    expect(await stored()).toBe(13)
    await sql`delete from statements where scope_id = ${scope}`.execute(database.db)
    await again()
    expect(await stored()).toBe(0)
  })
})

it('a configuration without groups has none, and a wrong one is refused', () => {
  const { groups: _, ...plain } = R7
  expect(reconciliationsSchema.parse({ reconciliations: { R7: plain } }).reconciliations.R7).toMatchObject({ groups: { mode: 'off', members_max: 4 } })
  expect(reconciliationsSchema.safeParse({ reconciliations: { R7: { ...R7, groups: { mode: 'guess' } } } }).success).toBe(false)
})
