/** The link between years: codes, indicators and documents, forward and back, over several closings, with two account systems. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Link, type LinkQuery, followLinks } from '../../books/links/index.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await createTestDatabase()
  await test.pool.query(`insert into rule_packs (digest, content) values ('d', '{}')`)
  await closing('A', 2025, {
    setup: [['function', '201', '旧项', false], ['function', '202', '新项', true], ['function', '204', '其他', true], ['unit', 'U1', '一', false], ['unit', 'U2', '二', false], ['unit', 'U9', '合并', true],
      ['project', 'P', '项目', false], ['project', 'PA', '甲', true], ['project', 'PB', '乙', true], ['revenue', '999', '停用', false]],
    mappings: [['function', '201', '202'], ['unit', 'U1', 'U9'], ['unit', 'U2', 'U9'], ['project', 'P', 'PA', '0.6'], ['project', 'P', 'PB', '0.4'], ['account', 'government-unit:1218', '121801']],
    accounts: [['treasury-2022', '1218'], ['government-unit', '1218'], ['government-unit', '1001']],
    indicators: ['Z1', 'Z2', 'Z3'], carried: [['Z1', 'Z1-2026', 100], ['Z2', 'Z2-2026-1', 60], ['Z2', 'Z2-2026-2', 40]], documents: [['GP_CONTRACT', 'C1', 'C1-2026']],
  })
  await closing('A', 2026, {
    setup: [['function', '202', '新项', false], ['function', '203', '更新项', true], ['unit', 'U9', '合并', true]],
    mappings: [['function', '202', '203']], accounts: [], indicators: ['Z1-2026'], carried: [['Z1-2026', 'Z1-2026-2027', 30]], documents: [],
  })
  await closing('B', 2025, { setup: [['function', '201', '另一区', true]], mappings: [], accounts: [], indicators: ['Z1'], carried: [], surplus: [['Z1', 5]], documents: [] })
})
afterAll(async () => { await test.drop() })

interface Closing {
  setup: [string, string, string, boolean][]; mappings: [string, string, string, string?][]; accounts: [string, string][]; indicators: string[]
  carried: [string, string, number][]; surplus?: [string, number][]; documents: [string, string, string][]
}
async function closing(district: string, year: number, made: Closing): Promise<void> {
  const one = async <T>(query: string, values: unknown[]) => (await test.pool.query(query, values)).rows[0] as T
  const { scope_id: scope } = await one<{ scope_id: number }>('insert into scopes (district, year) values ($1, $2) returning scope_id', [district, year])
  for (const table of ['setup_items', 'mappings', 'indicators', 'accounts', 'books']) await test.pool.query(`create table ${table}_l${scope} partition of ${table} for values in (${scope})`)
  for (const [index, row] of made.setup.entries()) await test.pool.query('insert into setup_items values ($1, $2, $3, $4, $5, null, null, $6, $2)', [scope, index + 2, ...row])
  for (const [index, [table, old, code, share]] of made.mappings.entries()) await test.pool.query('insert into mappings values ($1, $2, $3, $4, $5, $6, $2)', [scope, index + 2, table, old, code, share ?? '1'])
  for (const [index, [system, account]] of made.accounts.entries()) {
    await test.pool.query('insert into books values ($1, $2, $3, $3, $4, null, 2)', [scope, index, `B${index}`, system])
    await test.pool.query(`insert into accounts values ($1, $2, $2, $3, $4, 'asset', 'debit', '{}', true, true, null)`, [scope, index, account, `${system} ${account}`])
  }
  for (const indicator of made.indicators) await test.pool.query(`insert into indicators values ($1, $2, 'U1', null, null, null, null, $3, 'basic', 100, 0, 0, 0, 2)`, [scope, indicator, year])
  const { run_id: run } = await one<{ run_id: number }>(`insert into runs (scope_id, kind, workflow_id, state, rules_digest, with_league, league) values ($1, 'real', 'w', 'completed', 'd', false, 'A') returning run_id`, [scope])
  const { carry_id: carry } = await one<{ carry_id: number }>(`insert into carry_forwards (run_id, scope_id, generation, rehearsal, state, input_version, plan_digest, totals) values ($1, $2, 1, false, 'live', 1, 'p', '{}') returning carry_id`, [run, scope])
  for (const [old, code, amount] of made.carried) {
    await test.pool.query(`insert into new_indicators (carry_id, indicator, origin_year, category, amount, source) values ($1, $2, $3, 'basic', $4, $5)`, [carry, code, year, amount, old])
    await test.pool.query(`insert into indicator_dispositions values ($1, $2, 100, 'carry', 100, '', '') on conflict do nothing`, [carry, old])
  }
  for (const [old, amount] of made.surplus ?? []) await test.pool.query(`insert into indicator_dispositions values ($1, $2, $3, 'surplus', $3, '', '')`, [carry, old, amount])
  for (const [type, old, code] of made.documents) await test.pool.query(`insert into carried_documents values ($1, $2, $3, $4, 'U1', 12345, null)`, [run, type, old, code])
}

const say = ({ from, to, how, share, amount }: Link) => `${from.year} ${from.code} > ${to ? `${to.year} ${to.code}` : '-'} ${how}${share && share !== '1' ? ` ${share}` : ''}${amount ? ` ${amount}` : ''}`
const links = async (code: string, query: Partial<LinkQuery> = {}) => (await followLinks(test.db, { code, districts: ['A'], ...query })).links.map(say)

describe('a code', () => {
  it('is followed through every closing, from whichever year it is asked for', async () => {
    const chain = ['2025 201 > 2026 202 mapped', '2026 202 > 2027 203 mapped']
    expect(await links('201')).toEqual(chain)
    expect(await links('202')).toEqual(chain)
    expect(await links('203')).toEqual(chain)
  })

  it('splits with its shares, and each part knows the whole', async () => {
    expect(await links('P')).toEqual(['2025 P > 2026 PA split 0.6', '2025 P > 2026 PB split 0.4'])
    expect(await links('PB')).toEqual(['2025 P > 2026 PB split 0.4'])
  })

  it('of a merger knows all that went in, and goes on', async () => {
    expect(await links('U9')).toEqual(['2025 U1 > 2026 U9 merged', '2025 U2 > 2026 U9 merged', '2026 U9 > 2027 U9 same'])
    expect(await links('U2')).toEqual(['2025 U2 > 2026 U9 merged', '2026 U9 > 2027 U9 same'])
  })

  it('that is switched off without a successor ends', async () => {
    expect(await links('999')).toEqual(['2025 999 > - dropped'])
  })

  it('that nothing touches is the same', async () => {
    expect(await links('204', { year: 2025 })).toEqual(['2025 204 > 2026 204 same'])
  })

  it('of an account belongs to its system: the same figures elsewhere stay what they are', async () => {
    expect(await links('1218', { table: 'account' })).toEqual(['2025 government-unit:1218 > 2026 121801 mapped', '2025 treasury-2022:1218 > 2026 treasury-2022:1218 same'])
    expect(await links('121801')).toEqual(['2025 government-unit:1218 > 2026 121801 mapped'])
    expect(await links('treasury-2022:1218')).toEqual(['2025 treasury-2022:1218 > 2026 treasury-2022:1218 same'])
  })

  it('is looked for in one district, one table, one year', async () => {
    expect(await links('201', { districts: ['B'] })).toEqual(['2025 201 > 2026 201 same'])
    expect((await followLinks(test.db, { code: '201' })).links.map(({ district }) => district)).toEqual(['A', 'A', 'B'])
    expect(await links('201', { table: 'revenue' })).toEqual([])
    expect((await followLinks(test.db, { code: '202', year: 2030 })).starts).toEqual([])
  })
})

describe('an indicator', () => {
  it('is followed through the years, with what went over', async () => {
    const chain = ['2025 Z1 > 2026 Z1-2026 carried 1.00', '2026 Z1-2026 > 2027 Z1-2026-2027 carried 0.30']
    for (const code of ['Z1', 'Z1-2026', 'Z1-2026-2027']) expect(await links(code)).toEqual(chain)
  })

  it('that was split has several successors', async () => {
    expect(await links('Z2')).toEqual(['2025 Z2 > 2026 Z2-2026-1 carried 0.60', '2025 Z2 > 2026 Z2-2026-2 carried 0.40'])
  })

  it('ends when it is spent or recovered', async () => {
    expect(await links('Z3')).toEqual(['2025 Z3 > - spent'])
    expect(await links('Z1', { districts: ['B'] })).toEqual(['2025 Z1 > - surplus 0.05'])
  })
})

it('a document is followed from either number', async () => {
  for (const code of ['C1', 'C1-2026']) expect(await links(code)).toEqual(['2025 C1 > 2026 C1-2026 carried 123.45'])
})

it('nothing is found of a code that no year has', async () => {
  expect(await followLinks(test.db, { code: 'nowhere' })).toEqual({ starts: [], links: [] })
})
