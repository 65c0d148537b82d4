/** Where the time of districts went and when they will be done: on the real database, and by the commands. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readForecast } from '../../books/service/forecast.ts'
import { type DistrictTime, readDistrictTimes } from '../../books/service/where-time-went.ts'
import { main } from '../../cli/main.ts'
import { dayAndTime } from '../../cli/shared/terms.ts'
import { loadAttribution, loadPartyNames } from '../../config/attribution.ts'
import { fillProblems } from '../problems/rows.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

// Local times are looked at from one place.
process.env.TZ = 'UTC'

let database: TestDatabase
const RULES = loadAttribution()
const MINUTE = 60
const total = (times: Readonly<Record<string, number>>) => Object.values(times).reduce((sum, one) => sum + one, 0)

beforeAll(async () => {
  database = await createTestDatabase()
  await fillBoard(database.db)
  await fillProblems(database.db)
  await sql`update step_history set waiting_on = 'finance' where state = 'awaiting-approval'`.execute(database.db)
  // A district that waits for the league, which awaits its approval of the carry-forward.
  await sql`update step_history set waiting_on = '152500' where step = 'reconcile' and state = 'running'
    and run_id = (select run_id from runs join scopes using (scope_id) where district = '152522')`.execute(database.db)
})
afterAll(() => database?.drop())

const read = (districts?: readonly string[]) => readDistrictTimes(database.db, { year: 2025, districts }, RULES, BOARD_NOW)

const nianjie = (...argv: string[]) => runCommand(argv, { env: { DATABASE_URL: database.url }, now: () => BOARD_NOW })

describe('where the time of districts went', () => {
  it('adds up for each district, by party as by step', async () => {
    const all = await read()
    expect(all.map(({ district }) => district)).toEqual(['152500', '152501', '152502', '152522', '152523', '152524', '152525', '152526', '152527', '152528', '152529'])
    for (const one of all) {
      expect(total(one.byParty)).toBeCloseTo(one.total, 3)
      expect(Object.values(one.bySteps).reduce((sum, times) => sum + total(times), 0)).toBeCloseTo(one.total, 3)
    }
    // Started 400 minutes ago; the one that is done was signed off 20 minutes ago.
    expect(all[0]!.total).toBe(400 * MINUTE)
    expect(all[1]!.total).toBe(380 * MINUTE)
  })

  it('is the same whether one district is asked for or all', async () => {
    const all = await read()
    for (const code of ['152500', '152522', '152525']) expect(await read([code])).toEqual(all.filter(({ district }) => district === code))
    const waiting = all.find(({ district }) => district === '152522')!
    // Whatever held the league up is what the waiting district's minutes are.
    expect(waiting.bySteps.reconcile['finance-office']).toBeGreaterThan(0)
  })

  it('has the minutes of every problem, most of all first', async () => {
    const own = (await read(['152502']))[0]!
    expect(own.problems.map(({ id, resolved, total: time }) => [id, resolved, time / MINUTE])).toEqual([['T-1', false, 100], ['T-4', true, 100], ['T-3', false, 10]])
    expect(own.problemsByParty).toEqual({ engineer: 210 * MINUTE })
  })

  it('is shown by the command, by district or with steps and problems, in both languages', async () => {
    const all = await nianjie('time', '--year', '2025', '--lang', 'en')
    expect(all.out).toMatch(/152501 Erenhot +.*6 h 20 min\n/)
    expect(all.out).not.toContain('T-1')
    const one = await nianjie('time', '--year', '2025', '--district', '152502', '--lang', 'zh')
    expect(one.out).toMatch(/在途单据检查 +\d/)
    expect(one.out).toMatch(/T-1 Zhang +1 小时 40 分 +1 小时 40 分\n/)
    const json = JSON.parse((await nianjie('time', '--year', '2025', '--district', '152502', '--json')).out) as { unit: string; districts: DistrictTime[] }
    expect(json).toEqual({ year: 2025, unit: 'seconds', districts: await read(['152502']) })
  })

  it('names every party that a problem can wait for', () => {
    expect(Object.keys(loadPartyNames())).toEqual(['engineer', 'finance-office', 'unit', 'bank', 'pboc', 'system', 'user'])
  })
})

describe('when districts will be done', () => {
  it('is the same for one district as among all, with its place in the queue', async () => {
    const look = { year: 2025 }
    const all = await readForecast(database.db, look, RULES, BOARD_NOW)
    const one = await readForecast(database.db, { ...look, districts: ['152525'] }, RULES, BOARD_NOW)
    expect(one.districts).toEqual(all.districts.filter(({ district }) => district === '152525'))
    expect(one.districts[0]!.queue).toMatchObject({ for: 'finance', place: 2 })
  })

  it('counts the queue at a counterpart that all share, and its pace; not at one that each has of its own', async () => {
    const own = await createTestDatabase()
    await fillBoard(own.db)
    const ago = (minutes: number) => new Date(BOARD_NOW.getTime() - minutes * 60_000)
    // Four districts that in-transit documents at the bank block; the bank let two others go, half an hour apart.
    const at = [['152522', 200, null], ['152523', 180, null], ['152525', 160, null], ['152526', 300, 90], ['152528', 300, 60]] as const
    for (const [code, from, to] of at) {
      const { rows: [run] } = await sql<{ run_id: number }>`select max(run_id) as run_id from runs join scopes using (scope_id) where district = ${code}`.execute(own.db)
      await sql`delete from step_history where run_id = ${run!.run_id}`.execute(own.db)
      await sql`insert into step_history (run_id, step, state, attempt, generation, at) values (${run!.run_id}, 'in-transit', 'blocked', 1, 1, ${ago(from)})`.execute(own.db)
      if (to) await sql`insert into step_history (run_id, step, state, attempt, generation, at) values (${run!.run_id}, 'in-transit', 'approved', 1, 1, ${ago(to)})`.execute(own.db)
      await sql`delete from findings where run_id = ${run!.run_id}`.execute(own.db)
      await sql`insert into findings (run_id, finding_id, step, rule, key, severity, status, message_zh, message_en, facts, content_digest, opened_generation,
          seen_generation, opened_at, closed_at, closed_by)
        values (${run!.run_id}, ${`B${code}`}, 'in-transit', 'PAY_CERT', 'PAY_CERT/1', 'error', ${to ? 'resolved' : 'open'}, '', '', '{"owner":{"key":"bank"}}', 'd', 1, 1,
          ${ago(from)}, ${to ? ago(to) : null}, ${to ? 'x' : null})`.execute(own.db)
    }
    const queues = async (rules: typeof RULES) => (await readForecast(own.db, { year: 2025 }, rules, BOARD_NOW)).districts
      .flatMap(({ district, queue, late }) => (queue?.for === 'bank' ? [[district, queue.place, late]] : []))
    const inQueue = await queues(RULES)
    expect(inQueue.map(([district, place]) => [district, place])).toEqual([['152523', 2], ['152525', 3]])
    expect(await queues({ ...RULES, shared: ['pboc'] })).toEqual([])
    // The third in the queue waits for three times the half hour at least.
    expect(Date.parse(inQueue[1]![2] as string)).toBeGreaterThanOrEqual(BOARD_NOW.getTime() + 90 * 60_000)
    await own.drop()
  })

  it('says nothing of what nobody is through, nor of a paused district, and looks back on what is over', async () => {
    const { districts, trackRecord } = await readForecast(database.db, { year: 2025 }, RULES, BOARD_NOW)
    expect(districts.find(({ district }) => district === '152524')).toMatchObject({ median: null, paused: true })
    expect(districts.find(({ district }) => district === '152501')).toMatchObject({ step: null, median: null })
    expect(trackRecord).toEqual([expect.objectContaining({ kind: 'real' })])
    const { out } = await nianjie('forecast', '--year', '2025', '--lang', 'zh')
    expect(out).toContain('已暂停，何时继续未知')
    expect(out).toMatch(/已完成的年结中回看 \d+ 次预测/)
  })
})

describe('nianjie status', () => {
  const home = mkdtempSync(join(tmpdir(), 'nianjie-forecast-'))
  afterAll(() => rmSync(home, { recursive: true }))

  it('says when districts that are under way will be done, in text and beside the fields of its JSON', async () => {
    const { out } = await nianjie('status', '--year', '2025', '--lang', 'en')
    expect(out).toMatch(/\n152525 +East Ujimqin Banner +01-01 \d\d:\d\d +01-01 \d\d:\d\d +the times of .*; waits for finance, place 2\n/)
    expect(out).not.toMatch(/\n15250[1] .* the times of/)
    const json = JSON.parse((await nianjie('status', '--year', '2025', '--json')).out) as {
      districts: { code: string; forecast?: { step: string; median: string } }[]; trackRecord: object[]
    }
    const { districts, trackRecord } = await readForecast(database.db, { year: 2025 }, RULES, BOARD_NOW)
    expect(json.trackRecord).toEqual(trackRecord)
    expect(json.districts.flatMap(({ forecast }) => forecast ?? [])).toEqual(districts.filter(({ step }) => step !== null))
    expect(json.districts.find(({ code }) => code === '152501')).not.toHaveProperty('forecast')
  })

  it('says the year of what is far away', () => {
    const now = new Date('2026-01-01T03:00:00Z')
    const local = new Date('2026-06-01T03:00:00Z')
    const two = (part: number) => String(part).padStart(2, '0')
    expect(dayAndTime(local.toISOString(), now)).toBe(`06-0${local.getDate()} ${two(local.getHours())}:00`)
    expect(dayAndTime('2027-01-15T03:00:00Z', now)).toMatch(/^2027-01-1\d$/)
    expect(dayAndTime(null, now)).toBe('')
  })

  it('stands without a forecast where the rules of that are wrong, and says so', async () => {
    const config = join(home, 'wrong')
    mkdirSync(config)
    writeFileSync(join(config, 'attribution.yaml'), 'parties: 7\n')
    const said = await runCommand(['status', '--year', '2025', '--lang', 'en'], {
      env: { DATABASE_URL: database.url, NIANJIE_CONFIG: config }, now: () => BOARD_NOW,
    })
    expect(said.code).toBe(0)
    expect(said.err).toMatch(/no forecast: .*attribution\.yaml:1:\d+/)
    expect(said.out).toContain('152525')
    expect(said.out).not.toContain('Late case')
  })

  it('--watch has no new line while only the forecast moves on with the clock', async () => {
    const out = new PassThrough()
    const lines: string[] = []
    out.on('data', (chunk: Buffer) => { lines.push(...chunk.toString().split('\n').filter(Boolean)) })
    let looks = 0
    const watching = main(['status', '--year', '2025', '--watch', '--json', '--interval', '0.2'], {
      env: { DATABASE_URL: database.url }, stdout: out as unknown as NodeJS.WriteStream, stderr: new PassThrough() as unknown as NodeJS.WriteStream,
      now: () => new Date(BOARD_NOW.getTime() + (looks += 1) * 60_000),
    })
    await expect.poll(() => looks, { timeout: 30_000 }).toBeGreaterThan(3)
    out.emit('error', new Error('closed'))
    await watching
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('"forecast"')
  })
})
