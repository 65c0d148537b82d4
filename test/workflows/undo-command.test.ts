/** `nianjie undo` and `lock` as people type them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { closeYear, importUnit, realBooks } from './small-books.ts'
import { PEOPLE, YEAR, type World, addPeople, address, createWorld, until } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  addPeople(world)
  await world.startWorker({ engines: realBooks(world) })
})
afterAll(() => world.close())

describe('nianjie undo', () => {
  const district = '152522'
  async function nianjie(args: string): Promise<{ code: number; out: string }> {
    const { code, out, err } = await runCommand(`${args} --year ${YEAR} --district ${district} --lang en`.split(' '), {
      env: {
        ...process.env, DATABASE_URL: world.database.url, TEMPORAL_ADDRESS: address(), TEMPORAL_NAMESPACE: world.client.options.namespace,
        NIANJIE_CONFIG: world.folders.overlay, NIANJIE_KEYS: world.folders.keysFolder,
      },
    })
    return { code, out: out + err }
  }

  it('shows what it would touch, asks, refuses the same person with exit 3, and is done with another', async () => {
    await importUnit(world, district, '1000.00')
    expect(await world.operations.start({ year: YEAR, districts: [district], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
    await closeYear(world, district, PEOPLE)
    await until(world, district, 'initialise', 'awaiting-approval')
    const shown = await nianjie('undo --step carry-forward --preview')
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('closing entries, debit') })
    expect(shown.out).toMatch(/Carry-forward {2}fin .*\n.*Carry-forward {2}coo /)
    const { code, out } = await nianjie('undo --step carry-forward --preview --json')
    expect({ code, ...JSON.parse(out) as object }).toMatchObject({ code: 0, district, generation: 1, openings: { balances: 5 }, request: null, signedOff: false })
    expect((await nianjie('undo --step reconcile --as fin')).code).toBe(2)
    expect((await nianjie('undo --step carry-forward')).code).toBe(2)
    expect(await nianjie('undo --step carry-forward --as fin')).toMatchObject({ code: 0, out: expect.stringContaining('another person must approve it') })
    expect(await nianjie('undo --step carry-forward --as fin --approve')).toMatchObject({ code: 3, out: expect.stringContaining('separation-of-duties') })
    expect(await nianjie('lock --as coo')).toMatchObject({ code: 3, out: expect.stringContaining('wrong-state') })
    expect((await nianjie('undo --step carry-forward --as coo --approve')).code).toBe(0)
    await until(world, district, 'carry-forward', 'awaiting-approval')
    expect((await nianjie('undo --step carry-forward --preview')).code).toBe(3)
  })
})
