// The new year on the screen: its list and differences, its trial day, at both sizes and in both languages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeRulePack } from '../../books/runs.ts'
import { widthOf } from '../../cli/shared/width.ts'
import { loadConfig } from '../../config/load.ts'
import { MAPPINGS, SETUP, makeDistrict, runStep } from '../initialise/district.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openScreen } from './screen.tsx'

let books: TestDatabase
beforeAll(async () => {
  books = await createTestDatabase()
  const context = await makeDistrict(books, [...SETUP, ['number-rule', 'PAY_CERT', '支付凭证', null, 'ZF{YYYY}'], ['number-rule', 'PAY_APPLY', '支付申请', null, 'SQ{YYYY}{SEQ:6}']], MAPPINGS)
  const { figures } = await runStep(books, context)
  const digest = await storeRulePack(books.db, loadConfig())
  await books.pool.query(`update runs set rules_digest = $2, state = 'completed' where run_id = $1`, [context.runId, digest])
  await books.pool.query(`insert into step_states (run_id, step, state, generation, evidence_digest) values ($1, 'initialise', 'approved', 1, 'e')`, [context.runId])
  await books.pool.query(`insert into step_results (run_id, step, generation, input_digest, evidence_digest, result) values ($1, 'initialise', 1, 'i', 'e', $2)`, [context.runId, JSON.stringify({ figures })])
})
afterAll(() => books?.drop())

describe('the new year on its screens', () => {
  for (const size of [{ columns: 80, rows: 24 }, { columns: 160, rows: 45 }]) {
    for (const lang of ['zh', 'en'] as const) {
      it(`shows its list and its trial day at ${size.columns}x${size.rows} in ${lang}`, async () => {
        const screen = await openScreen(books, { size, lang })
        await screen.press('n')
        const list = screen.text()
        expect(list).toContain(lang === 'zh' ? '正式（旧年度已签署归档）' : 'final (the old year is signed off)')
        await screen.press('T')
        const trial = screen.text()
        expect(trial).toMatch(lang === 'zh' ? /未通过 1/ : /failed 1/)
        expect(trial).toMatch(/SQ2026000001/)
        for (const line of `${list}\n${trial}`.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(size.columns)
        // The header and the bar of keys are those of every screen.
        expect([list, trial].map((text) => text.split('\n').slice(1, -2).join('\n').trimEnd())).toMatchSnapshot()
      })
    }
  }

  it('goes from the list to the trial day and back, and scrolls', async () => {
    const screen = await openScreen(books, { lang: 'en' })
    await screen.press('n', 'G')
    expect(screen.text()).toMatch(/Budget units {2}unit/)
    await screen.press('T', 'n', 'esc', 'esc', 'esc')
    expect(screen.text()).toContain('Overview')
  })

  it('says of a district without a new year that there is none yet', async () => {
    const { scopeId } = await makeDistrict(books, [])
    await books.pool.query(`insert into input_versions (scope_id, version, digest) values ($1, 1, 'd')`, [scopeId])
    const screen = await openScreen(books, { lang: 'en' })
    await screen.press('j', 'n')
    expect(screen.text()).toContain('not initialised yet')
  })
})
