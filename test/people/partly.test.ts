// Findings of several districts in one word, and a district that can not take it.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveRuns } from '../../books/runs.ts'
import { Unreachable } from '../../cli/operations/no-answer.ts'
import { brokenPartly } from '../../cli/operations/partly.ts'
import { type World, YEAR, createWorld, person, until } from '../workflows/world.ts'

describe('a decision on findings of several districts', () => {
  const codes = ['152501', '152502', '152522']
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    person(world, 'eng', ['engineer'])
    await world.startWorker()
    for (const code of codes) {
      world.findings.set(`${code}/asset-health`, [{ rule: 'F03', key: `card/${code}`, severity: 'error' }])
      await world.import(code)
    }
    await world.operations.start({ year: YEAR, districts: codes, kind: 'real', by: 'test' })
    for (const code of codes) await until(world, code, 'asset-health', 'blocked')
  })
  afterAll(() => world.close())

  it('names those that were decided and those that were not when one refuses after all', async () => {
    const { rows: found } = await sql<{ id: string; key: string; content_digest: string }>`select finding_id as id, key, content_digest from findings where rule = 'F03' order by key`.execute(world.database.db)
    const broken = (await liveRuns(world.database.db, 'real', YEAR)).find(({ district }) => district === '152502')!
    // The books still show it as live: the check before passes, its workflow is gone.
    await world.client.workflow.getHandle(broken.workflowId).terminate('test')
    const answer = await world.operations.decideFindings({ actor: 'eng', rows: found.map(({ id }) => ({ id, action: 'explain', comment: 'checked' })) })
    expect(answer).toMatchObject({ ok: false, code: 'wrong-state', en: expect.stringMatching(/^152502: .*\(decided: 152501 \(1\); not decided: 152502 \(1\), 152522 \(1\)\)$/) })
    const { rows } = await sql<{ key: string }>`select key from findings where status = 'explained'`.execute(world.database.db)
    expect(rows.map(({ key }) => key)).toEqual(['card/152501'])
  })

  it('says the same of one that does not answer, and adds nothing where there is only one', () => {
    const silent = new Unreachable({ zh: '没有应答', en: 'no answer' })
    const parts = [{ district: '152501', findings: 2 }, { district: '152502', findings: 1 }, { district: '152522', findings: 4 }]
    expect((brokenPartly(silent, parts, 1) as Unreachable).text.en).toBe('152502: no answer (decided: 152501 (2); not sent: 152522 (4))')
    expect((brokenPartly(silent, parts.slice(0, 1), 0) as Unreachable).text.en).toBe('no answer')
  })
})
