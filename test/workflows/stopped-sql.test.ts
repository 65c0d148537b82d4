/** Heavy SQL that is told to stop: the statement ends in PostgreSQL, nothing of it is left, and the step is done once in the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Step } from '../../domain/steps.ts'
import { districtWorkflowId } from '../../workflows/ids.ts'
import { type World, YEAR, address, approve, createWorld, enginesOf, person, stepsOf, until } from './world.ts'

let world: World
const worlds: World[] = []
/** `district/step` whose next attempt finds something and then runs a statement for ten minutes. */
const endless = new Set<string>()

async function open(): Promise<void> {
  worlds.push(world = await createWorld())
  person(world, 'fin', ['finance'])
}

async function startWorker(): Promise<void> {
  const engines = enginesOf(world)
  await world.startWorker({
    engines: {
      ...engines,
      check: async (step) => {
        const engine = await engines.check(step)
        return async (trx, context) => {
          const outcome = await engine(trx, context)
          const at = `${context.district}/${step}`
          if (endless.delete(at)) await sql.raw(`select pg_sleep(600) /* ${at} */`).execute(trx)
          return outcome
        }
      },
    },
  })
}

const start = async (district: string) => {
  await world.import(district)
  expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
}

/** How many such statements PostgreSQL is running; only the owner's login may see that. */
async function running(mark: string): Promise<number> {
  const owner = new pg.Client({ connectionString: world.database.url })
  await owner.connect()
  try {
    const { rows } = await owner.query(`
      select from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
        and query like '%pg_sleep(%' and query like $1`, [`%${mark}%`])
    return rows.length
  } finally {
    await owner.end()
  }
}

/** What the books hold of a step of the district, one line for each generation's result, effect and finding. */
async function tracesOf(district: string, step: Step): Promise<string[]> {
  const { rows } = await sql<{ trace: string }>`
    with mine as (select run_id from runs join scopes using (scope_id) where district = ${district})
    select 'result ' || generation as trace from step_results where step = ${step} and run_id in (select run_id from mine)
    union all select 'effect ' || split_part(effect_key, '/', 3) from effects join mine on effect_key like run_id || ${`/${step}/%`}
    union all select 'finding ' || key from findings where step = ${step} and run_id in (select run_id from mine)
    order by trace`.execute(world.database.db)
  return rows.map(({ trace }) => trace)
}

describe('a heavy step that is stopped', () => {
  beforeAll(async () => {
    await open()
    await startWorker()
  })
  afterAll(async () => {
    for (const one of worlds.splice(0)) await one.close()
  })
  afterEach(() => endless.clear())

  it('leaves nothing when the district is cancelled', async () => {
    const [district, at] = ['152501', '152501/in-transit']
    endless.add(at)
    world.findings.set(at, [{ rule: 'PAY_CERT', key: 'half', severity: 'warning' }])
    await start(district)
    await expect.poll(() => running(at)).toBe(1)
    expect(await world.operations.cancel({ year: YEAR, districts: [district], by: 'test' })).toMatchObject({ ok: true })
    await expect.poll(() => running(at)).toBe(0)
    await expect(world.client.workflow.getHandle(districtWorkflowId(YEAR, district)).result()).rejects.toThrow()
    expect((await stepsOf(world, district)).get('in-transit')!.state).toBe('cancelled')
    expect(await tracesOf(district, 'in-transit')).toEqual([])
  })

  it('leaves nothing when what it rests on changed, and runs again after that', async () => {
    const [district, at] = ['152502', '152502/reconcile']
    endless.add(at)
    world.findings.set(at, [{ rule: 'R1', key: 'half', severity: 'warning' }])
    await start(district)
    await approve(world, district, 'in-transit', 'fin')
    await expect.poll(() => running(at)).toBe(1)
    // An import that came in just before the step took hold of the input, and is heard of now.
    await sql`with scope as (select scope_id from scopes where district = ${district}), version as (
        insert into input_versions (scope_id, version, digest, changes) select scope_id, 2, 'v2', '{}' from scope returning scope_id)
      insert into input_files (scope_id, version, file, path, sha256, content_digest, rows)
        select scope_id, 2, file, path, sha256, case file when 'documents' then 'other' else content_digest end, rows
        from input_files join scope using (scope_id) where version = 1 and exists (select from version)`.execute(world.database.db)
    await world.operations.announceInput({ year: YEAR, district, version: 2 })
    await expect.poll(() => running(at)).toBe(0)
    await expect.poll(async () => (await stepsOf(world, district)).get('in-transit')!).toMatchObject({ state: 'awaiting-approval', generation: 2 })
    expect(await tracesOf(district, 'reconcile')).toEqual([])
    await approve(world, district, 'in-transit', 'fin')
    expect(await until(world, district, 'reconcile', 'awaiting-approval')).toMatchObject({ generation: 2 })
    expect(await tracesOf(district, 'reconcile')).toEqual(['effect 2', 'finding half', 'result 2'])
  })

  it('makes way for the next attempt when its time is up', async () => {
    const [district, at] = ['152522', '152522/in-transit']
    endless.add(at)
    await start(district)
    await expect.poll(() => running(at)).toBe(1)
    await limitTime(district, 2)
    await expect.poll(() => running(at)).toBe(0)
    await limitTime(district, 600)
    expect(await until(world, district, 'in-transit', 'awaiting-approval')).toMatchObject({ generation: 1 })
    expect(await tracesOf(district, 'in-transit')).toEqual(['effect 1', 'result 1'])
  })
})

/** The time that the attempts of the district's heavy steps have from now on: the server enforces it, the worker hears of it. */
async function limitTime(district: string, seconds: number): Promise<void> {
  await world.client.workflowService.updateActivityOptions({
    namespace: world.client.options.namespace, execution: { workflowId: districtWorkflowId(YEAR, district) }, type: 'runStep',
    activityOptions: JSON.parse(`{"startToCloseTimeout": {"seconds": ${seconds}}}`) as object, updateMask: { paths: ['start_to_close_timeout'] },
  })
}

describe('a worker that is told to end in the middle of a long statement', () => {
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.close()
  })

  it('ends within its grace period, and the next worker takes the step up at once', async () => {
    await open()
    const child = spawn(process.execPath, [fileURLToPath(new URL('worker-process.ts', import.meta.url))], {
      stdio: 'inherit',
      env: {
        ...process.env, DATABASE_URL: world.database.url, TEMPORAL_ADDRESS: address(), TEMPORAL_NAMESPACE: world.client.options.namespace,
        OVERLAY: world.folders.overlay, SLOW_STEP_SECONDS: '600',
      },
    })
    try {
      const exit = once(child, 'exit')
      await start('152501')
      await expect.poll(() => running('')).toBe(2)
      const told = Date.now()
      child.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
      expect(Date.now() - told).toBeLessThan(15_000)
      expect(await running('')).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
    await startWorker()
    const taken = Date.now()
    expect(await until(world, '152501', 'in-transit', 'awaiting-approval')).toMatchObject({ generation: 1 })
    // The dead attempt was reported: nobody waits for its heartbeat to be missed.
    expect(Date.now() - taken).toBeLessThan(15_000)
    expect(await tracesOf('152501', 'in-transit')).toEqual(['effect 1', 'result 1'])
    expect(world.ran.filter((at) => at === '152501/in-transit')).toHaveLength(1)
  })
})
