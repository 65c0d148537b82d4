/** Confirmation of reconciliations: by whom the configuration names, never by who prepared it, for the balance as it stood. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES } from '../../activities/engines.ts'
import { latestRuns } from '../../books/runs.ts'
import type { Confirmation } from '../../books/confirmations/standing.ts'
import { readDistrictConfirmations } from '../../books/confirmations/read.ts'
import { addActor } from '../../cli/operations/keys.ts'
import { operationsOf } from '../../cli/operations/index.ts'
import type { Operations } from '../../cli/operations.ts'
import { runCommand } from '../support/command.ts'
import { loadInput } from '../support/input.ts'
import { type World, YEAR, address, approve, createWorld, enginesOf, person, stepsOf, until } from '../workflows/world.ts'

const D = '152501'
const OTHER = '152502'

/** Two banks; at the second one a payment is missing, so that R8 has one difference; R12 agrees, for two units. */
const filesOf = (bankB = '60.00') => ({
  units: 'unit,name,kind,parent,active\n101,甲,administrative,,1\n102,乙,administrative,,1\n',
  books: 'book,name,system,unit\nT01,总会计,treasury-2022,\n',
  indicators: 'indicator,unit,function,economic,project,fund,origin_year,category,amount,adjusted,paid,occupied\n'
    + 'I1,101,201,,,general,2025,basic,1000,,0,\nI2,102,201,,,general,2025,basic,500,,0,\n',
  documents: 'type,number,unit,indicator,function,project,fund,amount,status,created_on,updated_on,counterparty,reference\n'
    + 'PAY_CERT,P1,101,,201,,general,100,completed,2025-01-05,2025-01-05,ICBC,\nPAY_CERT,P2,101,,201,,general,60,completed,2025-01-05,2025-01-05,ABC,\n',
  statements: 'reconciliation,party,reference,date,unit,function,revenue,project,fund,indicator,amount\n'
    + `R8,ICBC,P1,2025-01-05,,,,,,,100\nR8,ABC,P2,2025-01-05,,,,,,,${bankB}\nR12,,,,,,,,,I1,1000\nR12,,,,,,,,,I2,500\n`,
})

describe('a confirmation', () => {
  let world: World
  let operations: Operations
  beforeAll(async () => {
    world = await createWorld()
    person(world, 'fin', ['finance'])
    person(world, 'fin2', ['finance'])
    person(world, 'eng', ['engineer'])
    person(world, 'both', ['engineer', 'finance'])
    const outside = (name: string, as: string, ...parties: string[]) => addActor(world.folders, { name, roles: [], districts: [D, OTHER], confirms: [{ as, parties }] })
    outside('icbc-li', 'bank', 'ICBC')
    outside('abc-wang', 'bank', 'ABC')
    outside('unit-zhao', 'unit', '101')
    await world.startWorker({ engines: { ...enginesOf(world), check: (step) => step === 'reconcile' ? ENGINES.check(step) : enginesOf(world).check(step) } })
    const reconciliations = structuredClone(world.config.reconciliations.reconciliations)
    for (const [number, one] of Object.entries(reconciliations)) {
      if (number === 'R8') one.confirmation = 'required'
      if (number !== 'R8' && number !== 'R12') delete reconciliations[number]
    }
    operations = operationsOf({ books: world.database, client: world.client, config: { ...world.config, reconciliations: { reconciliations } }, ...world.folders })
  })
  afterAll(() => world.close())

  const load = (district: string, bankB?: string) => loadInput(world.database, { district, year: YEAR, files: filesOf(bankB) })
  const confirm = (actor: string, reconciliation: string, more: { party?: string; confirmer?: string; district?: string; digest?: string } = {}) =>
    operations.confirmReconciliation({ year: YEAR, district: D, reconciliation, actor, comment: '', ...more })
  const standing = async (reconciliation: string, district = D): Promise<readonly Confirmation[]> =>
    (await readDistrictConfirmations(world.database.db, { year: YEAR, districts: [district] }))[0]!.confirmations.filter((one) => one.reconciliation === reconciliation)
  const texts = async (reconciliation: string) => (await standing(reconciliation)).map(({ confirmer, party, state, by }) => [confirmer, party, state, by].filter(Boolean).join(' '))

  it('is asked of each bank for its part and of the office for the whole, once the step has compared', async () => {
    await load(D, '50.00')
    expect(await confirm('icbc-li', 'R8')).toMatchObject({ ok: false, code: 'wrong-state' })
    expect(await operations.start({ year: YEAR, districts: [D], kind: 'real', by: 'test' })).toMatchObject({ ok: true })
    await approve(world, D, 'in-transit', 'fin2')
    await until(world, D, 'reconcile', 'blocked')
    expect(await texts('R8')).toEqual(['payment-centre missing', 'bank ABC missing', 'bank ICBC missing'])
    const [whole, abc, icbc] = await standing('R8')
    expect(whole).toMatchObject({ required: true, balance: { a: '160.00', b: '150.00', difference: '10.00', differences: 1 } })
    expect(abc!.balance).toEqual({ a: '60.00', b: '50.00', difference: '10.00', differences: 1 })
    expect(icbc!.balance).toEqual({ a: '100.00', b: '100.00', difference: '0.00', differences: 0 })
    expect(await texts('R12')).toEqual(['unit 101 missing', 'unit 102 missing'])
  })

  it('is refused to who is not named, acts elsewhere, did not see this balance, or means several', async () => {
    expect(await confirm('icbc-li', 'R8', { party: 'ABC' })).toMatchObject({ code: 'wrong-role' })
    expect(await confirm('eng', 'R8', { party: '' })).toMatchObject({ code: 'wrong-role' })
    expect(await confirm('unit-zhao', 'R12', { party: '102' })).toMatchObject({ code: 'wrong-role' })
    expect(await confirm('icbc-li', 'R8', { digest: 'yesterday' })).toMatchObject({ code: 'evidence-changed' })
    expect(await confirm('icbc-li', 'R8', { party: 'CCB' })).toMatchObject({ code: 'malformed', en: expect.stringContaining('bank --party ABC') })
    expect(await confirm('icbc-li', 'R99')).toMatchObject({ code: 'malformed' })
    addActor(world.folders, { name: 'banks', roles: [], districts: ['152522'], confirms: [{ as: 'bank', parties: ['*'] }] })
    expect(await confirm('banks', 'R8')).toMatchObject({ code: 'malformed', en: expect.stringContaining('--party') })
    expect(await confirm('banks', 'R8', { party: 'ICBC' })).toMatchObject({ code: 'wrong-district' })
    expect(await texts('R8')).toEqual(['payment-centre missing', 'bank ABC missing', 'bank ICBC missing'])
  })

  it('counts for the balance as it stands, differences and all, and is on the audit chain', async () => {
    expect(await confirm('icbc-li', 'R8')).toMatchObject({ ok: true, confirmed: { party: 'ICBC' } })
    expect(await confirm('abc-wang', 'R8')).toMatchObject({ ok: true })
    expect(await confirm('unit-zhao', 'R12')).toMatchObject({ ok: true, confirmed: { party: '101' } })
    expect(await confirm('icbc-li', 'R8')).toMatchObject({ code: 'wrong-state' })
    expect(await texts('R8')).toEqual(['payment-centre missing', 'bank ABC confirmed abc-wang', 'bank ICBC confirmed icbc-li'])
    const { rows } = await sql<{ party: string }>`select detail::jsonb->>'party' as party from audit.events
      where district = ${D} and kind = 'decision.accepted' and detail::jsonb->>'kind' = 'confirm' order by sequence`.execute(world.database.db)
    expect(rows.map(({ party }) => party)).toEqual(['ICBC', 'ABC', '101'])
  })

  it('stays when the difference is explained, is not for who explained it, and its lack holds a required approval', async () => {
    const { rows } = await sql<{ id: string }>`select finding_id as id from findings where rule = 'R8'`.execute(world.database.db)
    expect(await operations.decideFindings({ actor: 'both', rows: [{ id: rows[0]!.id, action: 'explain', comment: '在途' }] })).toMatchObject({ ok: true })
    await until(world, D, 'reconcile', 'awaiting-approval')
    expect(await texts('R8')).toEqual(['payment-centre missing', 'bank ABC confirmed abc-wang', 'bank ICBC confirmed icbc-li'])
    expect(await confirm('both', 'R8')).toMatchObject({ code: 'separation-of-duties' })
    const approval = { year: YEAR, district: D, step: 'reconcile', kind: 'approve', actor: 'fin2', comment: '' } as const
    expect(await operations.decideStep(approval)).toMatchObject({ ok: false, code: 'confirmation-missing', zh: expect.stringContaining('R8 国库收付中心'), en: expect.not.stringContaining('R12') })
    expect(await confirm('fin', 'R8')).toMatchObject({ ok: true, confirmed: { party: '', confirmer: 'payment-centre' } })
    expect(await operations.canDecideStep(approval)).toEqual({ ok: true })
  })

  it('is given and listed by commands, with their exit codes', async () => {
    const nianjie = (...args: string[]) => runCommand([...args, '--year', String(YEAR), '--lang', 'en'], {
      env: {
        DATABASE_URL: world.database.url, NIANJIE_HOME: world.folders.overlay, TEMPORAL_ADDRESS: address(),
        TEMPORAL_NAMESPACE: world.client.options.namespace, NIANJIE_CONFIG: world.folders.overlay, NIANJIE_KEYS: world.folders.keysFolder,
      },
    })
    const give = (...args: string[]) => nianjie('confirm', '--district', D, ...args)
    addActor(world.folders, { name: 'unit-qian', roles: [], districts: [D], confirms: [{ as: 'unit', parties: ['*'] }] })
    expect(await give('--reconciliation', 'R12')).toMatchObject({ code: 2 })
    expect(await give('--reconciliation', 'R12', '--as', 'eng', '--party', '102')).toMatchObject({ code: 3, err: expect.stringContaining('wrong-role') })
    expect(await give('--reconciliation', 'R12', '--as', 'unit-qian', '--party', '102', '--seen', 'other')).toMatchObject({ code: 3, err: expect.stringContaining('evidence-changed') })
    expect(await give('--reconciliation', 'R12', '--as', 'unit-qian', '--dry-run')).toMatchObject({ code: 0, err: expect.stringContaining('R12 102 budget unit: 500.00 / 500.00') })
    expect(await texts('R12')).toEqual(['unit 101 confirmed unit-zhao', 'unit 102 missing'])
    expect(await give('--reconciliation', 'R12', '--as', 'unit-qian', '--comment', '相符')).toMatchObject({ code: 0, out: expect.stringContaining('unit-qian confirmed R12 102') })
    const [listed] = JSON.parse((await nianjie('confirm', '--list', '--district', D, '--reconciliation', 'R12', '--json')).out) as { confirmations: Confirmation[] }[]
    expect(listed!.confirmations.map(({ party, state, comment }) => [party, state, comment])).toEqual([['101', 'confirmed', ''], ['102', 'confirmed', '相符']])
    const status = JSON.parse((await nianjie('status', '--json', '--district', D)).out) as { districts: { confirmations: object }[] }
    expect(status.districts[0]!.confirmations).toEqual({ asked: 5, confirmed: 5, fallen: 0, missing: 0, lacking: 0 })
    expect((await nianjie('status', '--district', D)).out).toContain(`Confirmations ${D}: 5/5`)
  })

  it('falls when the balance moves, stays on record with the reason, and only the part that moved falls', async () => {
    const { version } = await load(D, '60.00')
    await operations.announceInput({ year: YEAR, district: D, version })
    await expect.poll(async () => (await stepsOf(world, D)).get('reconcile')!.generation).toBe(2)
    await until(world, D, 'reconcile', 'awaiting-approval')
    expect(await texts('R8')).toEqual(['payment-centre fallen', 'bank ABC fallen', 'bank ICBC confirmed icbc-li'])
    expect(await texts('R12')).toEqual(['unit 101 confirmed unit-zhao', 'unit 102 confirmed unit-qian'])
    const [, abc] = await standing('R8')
    expect(abc!.fallen).toMatchObject([{ by: 'abc-wang', b: '50.00', voidReason: expect.stringContaining('60.00 / 50.00 → 60.00 / 60.00 (0)') }])
    const { rows } = await sql<{ kind: string }>`select kind from audit.events where district = ${D} and kind = 'confirmation.void'`.execute(world.database.db)
    expect(rows).toHaveLength(1)
    expect(await confirm('abc-wang', 'R8')).toMatchObject({ ok: true })
    expect(await confirm('fin', 'R8')).toMatchObject({ ok: true })
    await approve(world, D, 'reconcile', 'fin2')
  })

  it('is only recorded as delivered: the sequence of the contract approves without any', async () => {
    await load(OTHER)
    await world.operations.start({ year: YEAR, districts: [OTHER], kind: 'real', by: 'test' })
    await approve(world, OTHER, 'in-transit', 'fin')
    await until(world, OTHER, 'reconcile', 'blocked', 'awaiting-approval')
    const { rows } = await sql<{ id: string }>`select finding_id as id from findings join runs using (run_id) join scopes using (scope_id)
      where district = ${OTHER} and step = 'reconcile' and status = 'open' and severity <> 'info'`.execute(world.database.db)
    if (rows.length > 0) await world.operations.decideFindings({ actor: 'eng', rows: rows.map(({ id }) => ({ id, action: 'explain', comment: 'x' })) })
    expect((await standing('R8', OTHER)).map(({ required, state }) => [required, state])).toEqual([[false, 'missing'], [false, 'missing'], [false, 'missing']])
    await approve(world, OTHER, 'reconcile', 'fin')
    await until(world, OTHER, 'reconcile', 'approved')
  })

  it('is heard after the sign-off, until the year is locked', async () => {
    const late = (actor: string, reconciliation: string) => confirm(actor, reconciliation, { district: OTHER })
    await approve(world, OTHER, 'asset-health', 'fin')
    await approve(world, OTHER, 'carry-forward', 'fin', 'fin2')
    await approve(world, OTHER, 'initialise', 'fin')
    person(world, 'coo', ['coordinator'])
    await approve(world, OTHER, 'sign-off', 'coo')
    const state = async () => (await latestRuns(world.database.db, 'real', YEAR)).find(({ district }) => district === OTHER)!.state
    await expect.poll(state).toBe('completed')
    expect(await late('icbc-li', 'R8')).toMatchObject({ ok: true })
    expect((await standing('R8', OTHER)).filter((one) => one.state === 'confirmed').map(({ by }) => by)).toEqual(['icbc-li'])
    expect(await state()).toBe('completed')
    expect(await operations.lock({ year: YEAR, district: OTHER, actor: 'coo', comment: '' })).toEqual({ ok: true })
    expect(await late('abc-wang', 'R8')).toMatchObject({ ok: false, code: 'wrong-state' })
  })
})
