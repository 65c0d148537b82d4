/** The benchmark of alarms in small: it runs, and what it measures happened, each alarm once. How fast is not a test's business. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BENCH_NAMES, loadBench } from '../../bench/benches.ts'
import { type World, address, createWorld } from '../workflows/world.ts'

describe('the benchmark of alarms', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    await world.startWorker()
  })
  afterAll(() => world?.close())

  it('opens problems, and measures those that fall due one after another and those of one moment', async () => {
    const rows = 16
    const result = await (await loadBench('alarms'))({
      rows, database: world.database, env: {
        DATABASE_URL: world.database.url, TEMPORAL_ADDRESS: address(), TEMPORAL_NAMESPACE: world.client.options.namespace,
        NIANJIE_CONFIG: world.folders.overlay, NIANJIE_KEYS: world.folders.keysFolder,
      },
    })
    expect(result).toMatchObject({ name: 'alarms', rows })
    for (const part of ['seconds', 'baselineSeconds', 'ratio', 'peakRssMiB', 'latestSeconds', 'listMs', 'openedPerSecond'] as const) {
      expect(result[part], part).toBeGreaterThan(0)
    }
    // The plain loop writes its own at pass 9.
    const { rows: alarms } = await sql<{ name: string; alarms: number; deliveries: number }>`
      select split_part(n.problem_id, '-', 1) as name, count(distinct n.notification_id)::int as alarms, count(*)::int as deliveries
      from notifications n join deliveries using (notification_id) join problem_events e using (problem_id, sequence)
      where n.level = 1 group by 1 order by 1`.execute(world.database.db)
    for (const half of alarms) expect(half.deliveries).toBe(2 * half.alarms)
    expect(alarms.map(({ name }) => name)).toEqual(['burst', 'spread'])
  }, 120_000)

  it('is one of those that npm run bench knows; another name ends with 2', () => {
    expect(BENCH_NAMES).toEqual(['import', 'carry-forward', 'reconcile-lines', 'asset-health', 'year-end', 'alarms'])
    const ran = spawnSync(process.execPath, [fileURLToPath(new URL('../../bench/main.ts', import.meta.url)), 'alarm'], { encoding: 'utf8' })
    expect(ran.status).toBe(2)
    expect(ran.stderr).toContain('alarms')
  })
})
