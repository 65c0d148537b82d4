/**
 * Benchmark `alarms`: `rows` problems open at once on one worker. The alarms of one half fall due one after another, a minute
 * for each thousand: `latestSeconds` is the longest that one of them took to go out. Those of the other half all fall due at
 * the same moment, which no office will see: `seconds` is from that moment to the last delivery on record. `listMs` is the
 * slowest reading of the whole list meanwhile. The baseline writes and delivers the alarms of that half in a plain loop: the
 * same rows and audit links, and nothing that outlasts a crash.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { parse, stringify } from 'yaml'
import { appendAudit } from '../books/audit.ts'
import type { Books } from '../books/connect.ts'
import { recordAttempt } from '../books/notifications.ts'
import { storeAlarms } from '../books/problems/alarms.ts'
import { listProblems } from '../books/problems/read.ts'
import { connectTemporal } from '../cli/local/connect-temporal.ts'
import { findServers } from '../cli/local/servers.ts'
import { operationsOf } from '../cli/operations/index.ts'
import { addActor } from '../cli/operations/keys.ts'
import type { Operations } from '../cli/operations.ts'
import { loadConfig, locate } from '../config/load.ts'
import { overlayFolder } from '../config/overlay.ts'
import type { Bench } from './benches.ts'

/** How many desks report at the same time. */
const DESKS = 12
const REPORTER = 'bench-desk'
/** The first rung of the ladder while the benchmark runs; the others are out of its reach. */
const RUNG_MS = 30 * 60_000
const SPREAD_MS = 60
const DISTRICTS = loadConfig().districts.districts.filter(({ enabled }) => enabled).map(({ code }) => code)

/** Runs the benchmark. */
export const benchAlarms: Bench = async ({ rows, database, env }) => {
  const overlay = overlayFolder(env)
  everyDayInWindow(overlay)
  const config = loadConfig(overlay)
  const keysFolder = env.NIANJIE_KEYS!
  addActor({ overlay, keysFolder }, { name: REPORTER, roles: ['engineer'], districts: ['*'], confirms: [] })
  const client = await connectTemporal(await findServers(env))
  try {
    const operations = operationsOf({ books: database, client, config, overlay, keysFolder })
    const half = Math.floor(rows / 2)
    const load = await openAll(operations, database, { rows, half })
    const listing = slowestList(database, load.until)
    const [latestSeconds, seconds] = [await latest(database, load.spread, rows - half), await latest(database, load.burst, half)]
    const listMs = await listing
    const baselineSeconds = await plainLoop(database, load.burst, half)
    return {
      name: 'alarms', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds,
      peakRssMiB: process.resourceUsage().maxRSS / 1024,
      latestSeconds, listMs, openedPerSecond: load.perSecond,
    }
  } finally {
    await client.connection.close()
  }
}

/** A fault has two hours on whatever day the benchmark runs. */
function everyDayInWindow(overlay: string): void {
  const service = parse(readFileSync(locate('service.yaml', undefined), 'utf8')) as { window: { from: string; to: string } }
  mkdirSync(overlay, { recursive: true })
  writeFileSync(join(overlay, 'service.yaml'), stringify({ ...service, window: { from: '01-01', to: '12-31' } }))
}

/** `spread` and `burst` are what the ids of each half begin with; the burst falls due at `until`. */
interface Load { spread: string; burst: string; until: number; perSecond: number }

/**
 * Opens them all before the first alarm is due: how long that takes is measured first. A machine that is slower than that gets
 * twice the time.
 */
async function openAll(operations: Operations, database: Books, { rows, half }: { rows: number; half: number }): Promise<Load> {
  const open = async (index: number, name: string, due: number) => {
    const answer = await operations.openProblem({
      actor: REPORTER, district: DISTRICTS[index % DISTRICTS.length]!, user: `user ${index}`, channel: 'hotline', kind: 'fault',
      text: `problem ${index}`,
      id: `${name}-${index}`, calledAt: new Date(due - RUNG_MS),
    })
    if (!answer.ok) throw new Error(answer.en)
  }
  const trial = Math.max(DESKS, Math.floor(rows / 50))
  const begun = performance.now()
  await inParallel(trial, (index) => open(index, 'trial', Date.now() + RUNG_MS))
  const each = (performance.now() - begun) / trial
  for (let round = 1; ; round += 1) {
    const [spread, burst] = [`spread-${round}`, `burst-${round}`]
    const first = Date.now() + (each * rows * 1.5 + 2_000 + rows * 8) * 2 ** (round - 1)
    const until = first + (rows - half) * SPREAD_MS + 5_000
    const started = performance.now()
    await inParallel(rows, (index) => (index < half ? open(index, burst, until) : open(
      index, spread, first + (index - half) * SPREAD_MS,
    )))
    if (Date.now() > first) continue
    const seconds = (performance.now() - started) / 1_000
    await sleep(first - Date.now())
    const there = await sql<{ count: number }>`
      select count(*)::int as count from problems where state <> 'resolved'`.execute(database.db)
    if (there.rows[0]!.count < rows) throw new Error(`only ${there.rows[0]!.count} problems are open`)
    return { spread, burst, until, perSecond: rows / seconds }
  }
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: DESKS }, async () => {
    while (next < count) await work(next++)
  }))
}

/** Seconds from when an alarm of that name was due to its last delivery, the longest of all; waits until all are delivered. */
async function latest(database: Books, name: string, count: number): Promise<number> {
  for (;;) {
    const { rows } = await sql<{ delivered: number; seconds: number }>`
      select count(*)::int as delivered, max(extract(epoch from d.at - n.due_at))::float8 as seconds
      from notifications n join lateral (select max(at) as at from deliveries where notification_id = n.notification_id having count(*) >= 2) d on true
      where n.problem_id like ${`${name}-%`} and n.level = 1`.execute(database.db)
    if (rows[0]!.delivered >= count) return rows[0]!.seconds
    await sleep(200)
  }
}

/** Reads the list as a screen does, again and again. */
async function slowestList(database: Books, until: number): Promise<number> {
  let slowest = 0
  while (Date.now() < until) {
    const begun = performance.now()
    await listProblems(database.db, { state: 'unresolved' })
    slowest = Math.max(slowest, performance.now() - begun)
    await sleep(500)
  }
  return slowest
}

/** As somebody would write it by hand: for each problem that is due, the alarm, its event in the audit chain, its deliveries. */
async function plainLoop({ db }: Books, name: string, count: number): Promise<number> {
  const begun = performance.now()
  const due = await db.selectFrom('problems').select(['problem_id', 'district', 'body', 'clock_from'])
    .where('problem_id', 'like', `${name}-%`).limit(count).execute()
  for (const { problem_id: problemId, district, body, clock_from: from } of due) {
    const id = await db.transaction().execute(async (trx) => {
      await appendAudit(trx, { district, kind: 'problem.alarm', actor: 'system', subject: problemId, detail: { level: 1 } })
      const [alarm] = await storeAlarms(trx, [{
        problemId, clock: 'resolution', from: from.getTime(), rung: 0, pass: 9, kind: 'reminder', roles: ['engineer'], people: [],
        dueAt: from.getTime() + RUNG_MS,
        sequence: 99, zh: body, en: body,
      }])
      return alarm!
    })
    for (const channel of ['log', 'tui']) {
      await db.transaction().execute(async (trx) => {
        await recordAttempt(trx, id, { channel, target: channel, attempt: 1, state: 'sent' })
        await appendAudit(trx, { district, kind: 'delivery', actor: 'system', subject: id, detail: { channel } })
      })
    }
  }
  return (performance.now() - begun) / 1_000
}
