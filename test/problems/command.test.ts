/** `nianjie problem` from the first call to the last word, against a real server; double entry; causes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeRulePack } from '../../books/runs.ts'
import { type Ran, runCommand } from '../support/command.ts'
import { type World, YEAR, address, createWorld, person } from '../workflows/world.ts'
import { DISTRICT, eventsOf, report } from './desk.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  person(world, 'eng', ['engineer'])
  person(world, 'fin', ['finance'], [DISTRICT])
  person(world, 'far', ['engineer'], ['152502'])
  await world.startWorker()
})
afterAll(() => world?.close())

async function nianjie(...argv: string[]): Promise<Ran> {
  const { code, out, err } = await runCommand([...argv, '--lang', 'en'], {
    env: { NIANJIE_CONFIG: world.folders.overlay, NIANJIE_KEYS: world.folders.keysFolder },
    findServers: () => Promise.resolve({ databaseUrl: world.database.url, adminDatabaseUrl: world.database.url, temporal: { address: address(), namespace: world.client.options.namespace } }),
  })
  return { code, out: out.trim(), err: err.trim() }
}
const listed = async (...argv: string[]) => JSON.parse((await nianjie('problem', 'list', '--json', ...argv)).out) as { id: string; state: string; user: string; cause: { resolved: boolean } | null; breaches: object[] }[]
const call = (user: string, ...more: string[]) => nianjie('problem', 'open', '--district', DISTRICT, '--user', user, '--channel', 'wechat', '--kind', 'fault', '--text', '打不开', '--as', 'eng', ...more)

describe('nianjie problem', () => {
  it('leads from the report to the resolution and back, and keeps every word', async () => {
    const { code, out: id } = await call('王')
    expect(code).toBe(0)
    const steps: [string[], string][] = [
      [['acknowledge', id], 'acknowledged'], [['assign', id, '--to', 'eng'], 'assigned'], [['wait', id, '--on', 'bank', '--reason', 'receipt'], 'waiting'],
      [['resume', id], 'assigned'], [['resolve', id, '--confirmed-by', '王'], 'resolved'], [['reopen', id, '--reason', 'again'], 'assigned'], [['resolve', id, '--confirmed-by', '王'], 'resolved'],
    ]
    for (const [words, state] of steps) {
      expect(await nianjie('problem', ...words, '--as', 'eng')).toMatchObject({ code: 0 })
      expect((await listed()).find((one) => one.id === id)?.state).toBe(state)
    }
    expect(await eventsOf(world, id)).toEqual(['acknowledge', 'assign', 'wait', 'resume', 'resolve', 'reopen', 'resolve'])
    const { rows } = await sql<{ kind: string }>`select kind from audit.events where subject like ${`${id}/%`} order by sequence`.execute(world.database.db)
    expect(rows.map(({ kind }) => kind)).toEqual(['open', 'acknowledge', 'assign', 'wait', 'resume', 'resolve', 'reopen', 'resolve'].map((action) => `problem.${action}`))
    expect((await nianjie('audit', 'verify')).code).toBe(0)
    expect((await nianjie('problem', 'show', id)).out).toContain('receipt')
    await expect(sql`update problem_events set actor = 'x'`.execute(world.database.db)).rejects.toThrow('appended only')
  })

  it('takes the same call given twice, at the same moment too, as one problem', async () => {
    const both = await Promise.all([call('李'), call('李'), call('李')])
    expect(new Set(both.map(({ out }) => out)).size).toBe(1)
    expect((await call('李')).err).toContain('reported before')
    const at = ['--called-at', '2026-03-02T09:00:00+08:00']
    const [first, second] = [await call('周', ...at), await call('周', ...at)]
    expect(first.out).toBe(second.out)
    expect((await call('赵', '--id', 'CALL-1')).out).toBe('CALL-1')
    expect((await call('赵', '--id', 'CALL-1')).out).toBe('CALL-1')
    expect(await call('钱', '--id', 'CALL-1')).toMatchObject({ code: 3, err: expect.stringContaining('exists') as string })
    expect((await listed()).filter(({ user }) => user === '李' || user === '周')).toHaveLength(2)
  })

  it('ends with 2 for bad input and with 3 for a refusal, and says why', async () => {
    expect((await nianjie('problem', 'open', '--district', DISTRICT, '--as', 'eng')).code).toBe(2)
    expect((await nianjie('problem', 'open', '--district', '999999', '--user', 'u', '--text', 't', '--as', 'eng')).code).toBe(2)
    expect((await call('孙', '--called-at', '2025-12-31T09:00:00')).code).toBe(2)
    expect(await call('孙', '--called-at', '2099-12-31T09:00:00Z')).toMatchObject({ code: 2, err: expect.stringContaining('future') as string })
    expect((await nianjie('problem', 'acknowledge', 'nothing', '--as', 'eng')).code).toBe(2)
    const { out: id } = await call('孙')
    expect(await nianjie('problem', 'acknowledge', id, '--as', 'far')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-district') as string })
    expect(await nianjie('problem', 'resolve', id, '--confirmed-by', 'u', '--as', 'fin')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-role') as string })
    expect(await nianjie('problem', 'reopen', id, '--reason', 'x', '--as', 'eng')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-state') as string })
    expect(await nianjie('problem', 'resolve', id, '--confirmed-by', 'u', '--as', 'nobody')).toMatchObject({ code: 3 })
  })

  it('records a breach of a call in the window that was resolved too late, with district and user', async () => {
    const { out: id } = await call('吴', '--called-at', '2025-12-31T10:00:00+08:00')
    await expect.poll(async () => (await listed()).find((one) => one.id === id)?.breaches).toHaveLength(2)
    const { rows } = await sql`select district, user_name, clock from problem_breaches where problem_id = ${id} order by clock`.execute(world.database.db)
    expect(rows).toEqual([{ district: DISTRICT, user_name: '吴', clock: 'resolution' }, { district: DISTRICT, user_name: '吴', clock: 'response' }].toSorted((a, b) => (a.clock < b.clock ? -1 : 1)))
  })

  it('is made from a finding once, and offers the resolution when the finding is settled', async () => {
    const { db } = world.database
    const { scope_id: scopeId } = await db.insertInto('scopes').values({ district: DISTRICT, year: YEAR }).returning('scope_id').executeTakeFirstOrThrow()
    const rules = await storeRulePack(db, world.config)
    const { run_id: runId } = await db.insertInto('runs').values({ scope_id: scopeId, kind: 'real', workflow_id: 'w', state: 'running', rules_digest: rules, with_league: false, league: '152500', started_by: null }).returning('run_id').executeTakeFirstOrThrow()
    await db.insertInto('step_states').values({ run_id: runId, step: 'reconcile', state: 'blocked', generation: 2 }).execute()
    await db.insertInto('findings').values({
      run_id: runId, finding_id: 'f1', step: 'reconcile', rule: 'R8', key: 'bank/1', severity: 'error', amount: 100n, status: 'open', message_zh: '银行多一笔', message_en: 'one too many',
      content_digest: 'd', opened_generation: 2, seen_generation: 2, closed_at: null, closed_by: null, decision_id: null, facts: '{}',
    }).execute()
    const from = await nianjie('problem', 'open', '--from-finding', 'f1', '--as', 'eng')
    expect(from.code).toBe(0)
    expect((await nianjie('problem', 'open', '--from-finding', 'f1', '--as', 'eng')).out).toBe(from.out)
    const found = JSON.parse((await nianjie('findings', '--json', '--year', String(YEAR))).out) as { id: string; problems: object[] }[]
    expect(found).toMatchObject([{ id: 'f1', problems: [{ id: from.out, state: 'open' }] }])
    expect((await nianjie('findings', '--year', String(YEAR))).out).toContain(`[problem ${from.out}] one too many`)
    const step = await nianjie('problem', 'open', '--from-step', 'reconcile', '--district', DISTRICT, '--year', String(YEAR), '--as', 'eng')
    expect((await nianjie('problem', 'open', '--from-step', 'sign-off', '--district', DISTRICT, '--year', String(YEAR), '--as', 'eng')).code).toBe(3)
    const cause = async (id: string) => (await listed()).find((one) => one.id === id)?.cause?.resolved
    expect([await cause(from.out), await cause(step.out)]).toEqual([false, false])
    await db.updateTable('findings').set({ status: 'explained' }).where('finding_id', '=', 'f1').execute()
    await db.updateTable('step_states').set({ state: 'awaiting-approval' }).where('run_id', '=', runId).execute()
    expect([await cause(from.out), await cause(step.out)]).toEqual([true, true])
    const text = (await nianjie('problem', 'list', '--state', 'unresolved')).out
    expect(text).toContain('cause resolved')
    expect(text).toContain(`nianjie problem resolve ${from.out}`)
    expect((await listed()).find((one) => one.id === from.out)?.state).toBe('open')
  })

  it('counts a word only with the signature of who says it', async () => {
    const id = await report(world, { user: 'sig' })
    const { db } = world.database
    const last = await db.selectFrom('problem_words').selectAll().where('problem_id', '=', id).executeTakeFirstOrThrow()
    expect(last.accepted).toBe(true)
    const early = await world.operations.actOnProblem({ actor: 'eng', problemId: id, word: { action: 'acknowledge', comment: '' } })
    expect(early).toEqual({ ok: true })
    // The row is one person's, the signature another's.
    await sql`create function forge() returns trigger language plpgsql as $$ begin new.signature := ${sql.lit(last.signature)}; return new; end $$`.execute(db)
    await sql`create trigger forge before insert on problem_words for each row execute function forge()`.execute(db)
    expect(await world.operations.actOnProblem({ actor: 'eng', problemId: id, word: { action: 'resolve', confirmedBy: 'u', comment: '' } })).toMatchObject({ ok: false, code: 'bad-signature' })
    await sql`drop trigger forge on problem_words`.execute(db)
    expect(await eventsOf(world, id)).toEqual(['acknowledge'])
  })

  it('stands in the archive of the year with every signed word, each of them checked from the folder alone', async () => {
    const out = mkdtempSync(join(tmpdir(), 'nianjie-problems-'))
    try {
      expect(await nianjie('archive', '--year', String(YEAR), '--out', out)).toMatchObject({ code: 0 })
      const words = readFileSync(join(out, 'service', 'problem-words.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { accepted: boolean })
      const verdict = JSON.parse((await nianjie('archive', 'verify', out, '--json')).out) as { ok: boolean; signatures: number }
      expect(verdict).toMatchObject({ ok: true, signatures: words.filter(({ accepted }) => accepted).length })
      // The forged one was refused: it is kept, and counts for nothing.
      expect(words.filter(({ accepted }) => !accepted).length).toBeGreaterThan(0)
    } finally {
      rmSync(out, { recursive: true })
    }
  })
})
