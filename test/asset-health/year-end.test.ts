// The loop with the units beside a live year-end: explanations are judged, corrections run the check again, approvals fall.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../activities/engines.ts'
import { cardRules } from '../../books/assets/fields.ts'
import { readWorkbook } from '../../books/assets/read-workbook.ts'
import { districtReview } from '../../books/assets/round-view.ts'
import { listFindings } from '../../books/read-model/findings.ts'
import { loadActors } from '../../config/load.ts'
import { importCorrections } from '../../cli/operations/corrections.ts'
import { runCommand } from '../support/command.ts'
import { loadInput, writeInput } from '../support/input.ts'
import { LEAGUE, YEAR, type World, createWorld, enginesOf, person, until } from '../workflows/world.ts'
import { card, files, workbooks } from './loop-support.ts'

const DISTRICT = '152501'
let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.startWorker({ engines: { ...enginesOf(world), check: (step) => (step === 'asset-health' ? ENGINES.check(step) : enginesOf(world).check(step)) } })
  person(world, 'eng', ['engineer', 'finance'])
  person(world, 'fin', ['finance'])
})
afterAll(() => world?.close())

async function bringBack(paths: readonly string[], actor = 'eng') {
  const read = []
  for (const path of paths) read.push(await readWorkbook(path, cardRules(world.config.input)))
  const outcome = await importCorrections({
    books: world.database, config: world.config, actors: loadActors(world.folders.overlay), keysFolder: world.folders.keysFolder,
    operations: () => Promise.resolve(world.operations),
  }, { files: read, actor, dryRun: false })
  if (outcome.ok) for (const { district, version } of outcome.districts) await world.operations.announceInput({ year: YEAR, district, version })
  return outcome
}

const states = async () => (await listFindings(world.database.db, { year: YEAR, step: 'asset-health' })).map(({ rule, status }) => `${rule} ${status}`)
/** The step's row in that state; a server that many share may take its time. */
async function reach(state: string, district = DISTRICT) {
  for (let patience = 5; ; patience -= 1) {
    const row = await until(world, district, 'asset-health', state).catch((error: unknown) => { if (patience === 0) throw error })
    if (row) return row
  }
}
const approve = (actor: string) => world.operations.decideStep({ year: YEAR, district: DISTRICT, step: 'asset-health', kind: 'approve', actor, comment: '' })

describe('workbooks that come back while a year-end is live', () => {
  it('explain warnings by a signed word, correct cards, and have what changed checked again', async () => {
    await loadInput(world.database, { district: DISTRICT, year: YEAR, files: files([card({ net_value: '0.01' }), card({ asset_no: 'A2', plate_no: '京A12345' })]) })
    await world.operations.start({ year: YEAR, districts: [DISTRICT], kind: 'real', by: 'test' })
    await reach('blocked')
    expect(await states()).toEqual(['F02 open', 'R101 open', 'V02 open'])

    const refused = await bringBack(await workbooks(world.database, world.config, DISTRICT, (line) => (line.rule === 'V02' ? { explanation: '外地调入，未换牌' } : undefined)), 'fin')
    expect(refused).toMatchObject({ ok: false, refused: { code: 'wrong-role' } })

    const answered = await workbooks(world.database, world.config, DISTRICT, (line) => {
      if (line.rule === 'F02' && line.field === '账面净值') return { correction: line.suggestion, explanation: '计算错误' }
      return line.rule === 'V02' ? { explanation: '外地调入，未换牌' } : line.rule === 'R101' ? { explanation: '年报另行报送' } : undefined
    })
    const plate = await workbooks(world.database, world.config, DISTRICT, (line) => (line.rule === 'V02' ? { correction: '蒙H12345', explanation: '已换牌' } : undefined))
    expect(await bringBack(answered)).toMatchObject({ ok: true, districts: [{ corrections: 1, explanations: 2, version: 2 }] })
    expect((await reach('awaiting-approval')).generation).toBe(2)
    expect(await states()).toEqual(['F02 resolved', 'R101 explained', 'V02 explained'])
    expect((await districtReview(world.database.db, DISTRICT, YEAR))!.units.map(({ unit, states: now }) => [unit, now])).toEqual([['', { explained: 1 }], ['001', { corrected: 1, explained: 1 }]])

    // Who corrected and explained can not approve; another person can, until a correction changes what was approved.
    expect(await approve('eng')).toMatchObject({ ok: false, code: 'separation-of-duties' })
    expect(await approve('fin')).toMatchObject({ ok: true })
    await reach('approved')
    expect((await districtReview(world.database.db, DISTRICT, YEAR))!.units.map(({ unit, states: now }) => [unit, now])).toEqual([['', { passed: 1 }], ['001', { passed: 2 }]])
    expect(await bringBack(plate)).toMatchObject({ ok: true, districts: [{ corrections: 1, explanations: 0, version: 3 }] })
    expect((await reach('awaiting-approval')).generation).toBe(3)
    expect(await states()).toEqual(['F02 resolved', 'R101 explained', 'V02 resolved'])
    const { rows } = await world.database.pool.query<{ fallen: number }>(`select count(*)::int as fallen from decisions where kind = 'approve' and accepted and void_at is not null`)
    expect(rows[0]!.fallen).toBe(1)
    const { rows: chain } = await world.database.pool.query(`select from audit.events where kind = 'assets.corrections' and actor = 'eng'`)
    expect(chain).toHaveLength(2)
  }, 240_000)
})

/** The command `import`, told by its own operations; gives what it said to the person. */
async function importCommand(district: string, year: number, reports: string): Promise<string> {
  const folder = await writeInput({ district, files: { ...files([]), asset_report: `unit,table,line,column,value,prior_value\n${reports}` } })
  const { code, out, err } = await runCommand(['import', folder, '--year', String(year), '--lang', 'en'], {
    env: { ...process.env, DATABASE_URL: world.database.url }, createOperations: () => Promise.resolve(world.operations),
  })
  expect(code).toBe(0)
  rmSync(folder, { recursive: true })
  return out + err
}

describe('what the asset check is compared with, imported again while a year-end is live', () => {
  const BANNER = '152522'
  const own = (first: number) => `001,Z09,a,b,${first},\n002,Z09,a,b,1,\n`
  const approved = async (district: string) => {
    await reach('awaiting-approval', district)
    expect(await world.operations.decideStep({ year: YEAR, district, step: 'asset-health', kind: 'approve', actor: 'fin', comment: '' })).toEqual({ ok: true })
    await reach('approved', district)
  }

  it("wakes the league when a banner's report no longer adds up to its summary, and the year after when last year's report changes", async () => {
    await importCommand(BANNER, YEAR, own(4))
    await importCommand(LEAGUE, YEAR, `${own(10)}SUMMARY-LEAGUE,Z09,a,b,16,\n`)
    expect(await world.operations.start({ year: YEAR, districts: [LEAGUE, BANNER], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
    for (const district of [LEAGUE, BANNER]) await approved(district)

    expect(await importCommand(BANNER, YEAR, own(4))).not.toContain('no longer hold')
    const said = await importCommand(BANNER, YEAR, own(5))
    for (const district of [BANNER, LEAGUE]) expect(said).toContain(`${district}: the input changed; these approvals no longer hold and the steps run again: Asset data health check\n`)
    expect((await reach('blocked', LEAGUE)).generation).toBe(2)
    const open = await listFindings(world.database.db, { year: YEAR, step: 'asset-health', districts: [LEAGUE], status: 'open' })
    expect(open.map(({ rule, key }) => `${rule} ${key}`)).toEqual(['R407 SUMMARY-LEAGUE/Z09/a/b'])
    await importCommand(LEAGUE, YEAR, `${own(10)}SUMMARY-LEAGUE,Z09,a,b,17,\n`)
    await approved(LEAGUE)

    await approved(BANNER)
    expect(await importCommand(BANNER, YEAR - 1, '001,Z09,a,b,1,\n')).toContain(`${BANNER} ${YEAR}: the input changed`)
    expect((await reach('awaiting-approval', BANNER)).generation).toBe(3)
    expect((await listFindings(world.database.db, { year: YEAR, step: 'asset-health', districts: [BANNER], status: 'open' })).map(({ rule, key }) => `${rule} ${key}`)).toEqual(['R104 002'])
  }, 240_000)
})
