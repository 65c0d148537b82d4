// Goal: whatever is killed, the books are those of a year-end that nothing disturbed, and every effect stands once; and
// input that is corrected in the middle leads to the books of a year-end that had the right input from the start.
// Method: offices with servers, worker and client as processes of their own. In one of them they are killed in turn, at the
// borders of steps and in the middle of transactions that are held there; another gets its input in four versions.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, ENTRIES, YEAR, prepareCase } from './corrections.ts'
import { type Office, type Running, holdTable, openOffice, until } from './office.ts'
import { type Exports, doubled, exportsOf, reportOf } from './outcome.ts'

const DISTRICTS = ['152500', '152501', '152502']
const DRIVE = ['start-sample', '--hands-free', '--entries', String(ENTRIES), '--out', 'reports']
/** A client that finds a server down ends, and its people begin again: so often at the most. */
const DRIVES_MAX = 40

const calm: { exports: Map<string, Exports>; report: unknown } = { exports: new Map(), report: null }
beforeAll(async () => {
  const office = await openOffice(DISTRICTS)
  try {
    await office.must(...DRIVE)
    for (const district of DISTRICTS) calm.exports.set(district, await exportsOf(office, district, YEAR))
    calm.report = await reportOf(office, YEAR)
    expect(await doubled(office)).toEqual([])
  } finally {
    expect(await office.close()).toEqual([])
  }
}, 300_000)

/** Drives the year to its end, again after each end of the client that was not the last. */
function keepDriving(office: Office): { current(): Running; ended: Promise<void> } {
  let current = office.launch(...DRIVE)
  const drive = async () => {
    for (let drives = 1; ; drives += 1) {
      const { code, stderr } = await current.ended
      if (code === 0) return
      if (drives === DRIVES_MAX) throw new Error(`the client ended ${drives} times, at last with ${code}: ${stderr}`)
      await sleep(250)
      current = office.launch(...DRIVE)
    }
  }
  return { current: () => current, ended: drive() }
}

/** Kills one after the other while the year goes on. @returns what was killed, and when */
async function disturb(office: Office): Promise<string[]> {
  const faults: string[] = []
  const plan = await holdTable(office, 'closing_entries')
  const apply = await holdTable(office, 'carried_documents')
  const driver = keepDriving(office)
  const over = driver.ended.then(() => { throw new Error(`the year was over after: ${faults.join('; ')}`) })
  const fault = async (name: string, moment: Promise<void>, strike: () => Promise<unknown> | boolean) => {
    await Promise.race([moment, over])
    await strike()
    faults.push(name)
  }
  const row = (what: string, query: string) =>
    until(what, async () => (await sql.raw(query).execute(office.books().db)).rows.length > 0)
  const begun = (step: string) => row(`${step} has begun`, `select from step_states where step = '${step}' and generation > 0`)
  const killDriver = () => driver.current().process.kill('SIGKILL')
  await fault('client, while it imports', row('a district is imported', 'select from input_versions'), killDriver)
  await fault('worker, as the first step ends', row('a step was checked', 'select from step_results'), () => office.kill('worker'))
  await fault('client, as it decides', row('a decision was accepted', 'select from decisions where accepted'), killDriver)
  await fault('Temporal, as reconciliation begins', begun('reconcile'), () => office.kill('temporal'))
  await fault('worker and client, in the middle of a plan', plan.blocked(), async () => {
    killDriver()
    await office.kill('worker')
    await plan.release()
  })
  await fault('PostgreSQL, before a carry-forward that was applied commits', apply.blocked(), () => office.kill('postgres'))
  await apply.release()
  await fault('PostgreSQL stopped at once and Temporal killed, at the initialisation', begun('initialise'),
    () => Promise.all([office.kill('postgres', 'SIGQUIT'), office.kill('temporal')]))
  await fault('worker, as a district is signed off', begun('sign-off'), () => office.kill('worker'))
  await driver.ended
  return faults
}

describe('a year-end in which everything is killed', () => {
  let office: Office
  beforeAll(async () => { office = await openOffice(DISTRICTS) }, 200_000)
  afterAll(async () => { await office?.close() }, 120_000)

  it('goes on after each fault, to its end', { timeout: 400_000 }, async () => {
    expect(await disturb(office)).toHaveLength(8)
  })

  it('has byte for byte the books of an undisturbed one', async () => {
    for (const district of DISTRICTS) expect(await exportsOf(office, district, YEAR), district).toEqual(calm.exports.get(district))
  })

  it('has the same report but for its moments', async () => {
    expect(await reportOf(office, YEAR)).toEqual(calm.report)
  })

  it('did nothing twice: carry-forwards, decisions, results, notifications', async () => {
    expect(await doubled(office)).toEqual([])
  })

  it('keeps a whole audit chain', async () => {
    expect(JSON.parse(await office.must('audit', 'verify', '--json'))).toMatchObject({ ok: true, bad: null })
  })

  it('leaves nothing running', { timeout: 120_000 }, async () => {
    expect(await office.close()).toEqual([])
  })
})

describe('input that is corrected in the middle', { timeout: 300_000 }, () => {
  const DISTRICT = '152501'
  let office: Office
  let year: Case
  beforeAll(async () => {
    office = await openOffice(DISTRICTS)
    year = await prepareCase(office, DISTRICT)
    await year.import()
    await office.must('start', '--year', String(YEAR), '--district', DISTRICT, '--escalate-after', '8s')
  }, 200_000)
  afterAll(async () => { await office?.close() }, 120_000)

  it('lets only the asset check fall when only a name of an asset was wrong', async () => {
    for (const step of ['asset-health', 'in-transit', 'reconcile'] as const) await year.approve(step, 1)
    await year.reaches('carry-forward', 'awaiting-approval 1')
    await year.import('assets.csv')
    await year.reaches('asset-health', 'awaiting-approval 2')
    expect(await year.steps()).toEqual({
      'asset-health': 'awaiting-approval 2', 'in-transit': 'approved 1', reconcile: 'approved 1', 'carry-forward': 'awaiting-approval 1',
      initialise: 'pending 0', 'sign-off': 'pending 0',
    })
    await year.approve('asset-health', 2)
  })

  it('lets reconciliation and what follows fall when the bank corrects its statement', async () => {
    await year.import('assets.csv', 'statements.csv')
    await year.reaches('reconcile', 'awaiting-approval 2')
    expect(await year.steps()).toMatchObject({ 'asset-health': 'approved 2', 'in-transit': 'approved 1', 'carry-forward': 'pending 1' })
    await year.approve('reconcile', 2)
    await year.approve('carry-forward', 2)
    await year.reaches('initialise', 'awaiting-approval 1')
    // Nobody answers until somebody was called.
    await until('somebody was called', async () => (await sql`select from notifications`.execute(office.books().db)).rows.length > 0)
    await office.kill('worker')
  })

  it('takes a carry-forward that was in force back, and makes another, when an entry was wrong', async () => {
    const wrong = await exportsOf(office, DISTRICT, YEAR)
    await year.import('assets.csv', 'statements.csv', 'entries.csv')
    for (const step of ['asset-health', 'in-transit', 'reconcile', 'carry-forward'] as const) await year.approve(step, 3 - Number(step === 'in-transit'))
    for (const step of ['initialise', 'sign-off'] as const) await year.approve(step, step === 'initialise' ? 2 : 1)
    await until('the year is over', async () => (await sql`select from runs where state = 'completed'`.execute(office.books().db)).rows.length === 1)
    const right = await exportsOf(office, DISTRICT, YEAR)
    expect(right).toEqual(calm.exports.get(DISTRICT))
    expect(wrong).not.toEqual(right)
  })

  it('called people while they were waited for, each time once, though the worker was killed meanwhile', async () => {
    const { rows: [called] } = await sql<{ times: number; different: number; links: number }>`
      select count(*)::int as times, count(distinct (step, due_at))::int as different,
        (select count(*)::int from audit.events where kind in ('reminder', 'escalation')) as links from notifications`.execute(office.books().db)
    expect(called!.times).toBeGreaterThan(0)
    expect(called).toEqual({ times: called!.times, different: called!.times, links: called!.times })
  })

  it('keeps what was taken back, with its reversal to the fen, and nothing twice', async () => {
    const { rows } = await sql<{ state: string; left: number }>`
      select c.state, (select count(*)::int from (
          select from closing_entries e where e.carry_id = c.carry_id
          group by book, account, unit, function, revenue, economic, project, fund, counterparty having sum(debit - credit) <> 0) cells) as left
      from carry_forwards c order by carry_id`.execute(office.books().db)
    expect(rows.map(({ state }) => state)).toEqual(['discarded', 'reversed', 'live'])
    expect(rows[1]!.left).toBe(0)
    expect(rows[2]!.left).toBeGreaterThan(0)
    expect(await doubled(office)).toEqual([])
    expect(JSON.parse(await office.must('audit', 'verify', '--json'))).toMatchObject({ ok: true, bad: null })
  })
})
