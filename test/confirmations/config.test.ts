// Who confirms, as configuration: what loads, what is refused and where.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { addActor } from '../../cli/operations/keys.ts'
import { builtInFolder, loadActors, loadConfigFile } from '../../config/load.ts'
import { reconciliationsSchema } from '../../config/schemas/reconciliations.ts'
import { isNamed } from '../../domain/confirmations.ts'

const folder = mkdtempSync(join(tmpdir(), 'nianjie-confirms-'))
afterAll(() => rmSync(folder, { recursive: true }))
const overlay = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return folder
}
const built = readFileSync(join(builtInFolder(), 'reconciliations.yaml'), 'utf8')

describe('reconciliations.yaml', () => {
  it('names a confirmer by its Chinese name where it has no other, as files of before do', () => {
    const { R30 } = reconciliationsSchema.parse({ reconciliations: { R30: {
      method: 'balanced', name: { zh: '自设', en: 'own' }, confirms: [{ zh: '会计', en: 'accountant' }], cadence: ['year-end'], a: { name: { zh: '借', en: 'd' } }, b: { name: { zh: '贷', en: 'c' } },
    } } }).reconciliations
    expect(R30).toMatchObject({ confirmation: 'recorded', confirms: [{ as: '会计', zh: '会计', roles: [], of: 'district' }] })
    expect(reconciliationsSchema.parse(JSON.parse(JSON.stringify({ reconciliations: { R30 } }))).reconciliations.R30).toEqual(R30)
  })
  it('asks nobody for an approval as delivered, and every bank and unit for its own part', () => {
    const { reconciliations } = loadConfigFile('reconciliations')
    expect(Object.values(reconciliations).every(({ confirmation }) => confirmation === 'recorded')).toBe(true)
    const each = Object.entries(reconciliations).filter(([, one]) => one.confirms.some((confirmer) => confirmer.each)).map(([number]) => number)
    expect(each).toEqual(['R7', 'R8', 'R9', 'R12', 'R13', 'R14', 'R18', 'R20'])
  })
  it.each([
    ['party without a column', / {4}party: \{ a: counterparty, b: party \}\n/, '', '`each: party` needs `party`'],
    ['a column that the side has not', /party: \{ a: unit \}/, 'party: { a: colour }', 'side a has no column colour'],
    ['a role that there is not', /as: pboc,/, 'as: pboc, roles: [king],', 'roles'],
    ['another word for required', /(R3:\n {4}method: keyed)/, '$1\n    confirmation: sometimes', 'confirmation'],
  ])('is refused with %s, at its line', (_what, from, to, reason) => {
    const load = () => loadConfigFile('reconciliations', overlay('reconciliations.yaml', built.replace(from, to)))
    expect(load).toThrow(reason)
    expect(load).toThrow(/reconciliations\.yaml:\d+:\d+/)
  })
})

describe('actors.yaml', () => {
  it('takes people from outside who have no role, and nobody who may do nothing', () => {
    const folders = { overlay: join(folder, 'office'), keysFolder: join(folder, 'keys') }
    expect(addActor(folders, { name: 'li.icbc', roles: [], districts: ['152522'], confirms: [{ as: 'bank', parties: ['ICBC'] }] })).toMatchObject({ ok: true })
    expect(loadActors(folders.overlay).actors[0]).toMatchObject({ name: 'li.icbc', roles: [], confirms: [{ as: 'bank', parties: ['ICBC'] }] })
    expect(addActor(folders, { name: 'idle', roles: [], districts: ['*'] })).toMatchObject({ ok: false, code: 'malformed' })
    const { public_key: key } = loadActors(folders.overlay).actors[0]!
    expect(() => loadActors(overlay('actors.yaml', `actors:\n  - { name: idle, public_key: ${key}, roles: [], districts: ['*'] }\n`))).toThrow(/actors\.yaml:2:\d+/)
  })
  it('names for a part only who is named for it', () => {
    const bank = { as: 'bank', zh: '开户银行', en: 'bank', roles: [], each: 'party', of: 'district' } as const
    const icbc = { roles: [], confirms: [{ as: 'bank', parties: ['ICBC'] }] }
    expect([isNamed(icbc, bank, 'ICBC'), isNamed(icbc, bank, 'ABC'), isNamed(icbc, bank, ''), isNamed(icbc, { ...bank, as: 'unit' }, 'ICBC')]).toEqual([true, false, false, false])
    expect(isNamed({ roles: ['finance'], confirms: [] }, bank, 'ICBC')).toBe(false)
    expect(isNamed({ roles: ['finance'], confirms: [] }, { ...bank, roles: ['finance'] }, 'ICBC')).toBe(true)
  })
})
