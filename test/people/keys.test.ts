import { createPublicKey, verify } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addActor, keysFolderOf, revokeActor, signAs } from '../../cli/operations/keys.ts'
import { loadActors } from '../../config/load.ts'

describe('an actor', () => {
  let home: string
  let folders: { overlay: string; keysFolder: string }
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'nianjie-keys-'))
    folders = { overlay: join(home, 'config'), keysFolder: join(home, 'keys') }
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))
  const add = (name: string) => addActor(folders, { name, roles: ['finance'], districts: ['152501'] })

  it('gets a key that only its owner can read, and signs with it', () => {
    expect(add('张三')).toMatchObject({ ok: true })
    const file = join(folders.keysFolder, '张三.key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folders.keysFolder).mode & 0o777).toBe(0o700)
    const actor = loadActors(folders.overlay).actors[0]!
    expect(actor).toMatchObject({ name: '张三', roles: ['finance'], districts: ['152501'], revoked: false })
    const key = createPublicKey({ key: Buffer.from(actor.public_key, 'base64'), format: 'der', type: 'spki' })
    expect(verify(null, Buffer.from('text'), key, Buffer.from(signAs(folders.keysFolder, '张三', 'text')!, 'base64'))).toBe(true)
    expect(readFileSync(join(folders.overlay, 'actors.yaml'), 'utf8')).not.toContain('PRIVATE')
  })

  it('is never made twice, and a key file is never overwritten', () => {
    add('li')
    const before = readFileSync(join(folders.keysFolder, 'li.key'), 'utf8')
    expect(add('li')).toMatchObject({ ok: false, code: 'exists' })
    rmSync(folders.overlay, { recursive: true })
    expect(add('li')).toMatchObject({ ok: false, code: 'exists' })
    expect(readFileSync(join(folders.keysFolder, 'li.key'), 'utf8')).toBe(before)
  })

  it('is added to the office\'s own file without losing its comments', () => {
    mkdirSync(folders.overlay)
    writeFileSync(join(folders.overlay, 'actors.yaml'), '# 本局操作人\nactors:\n  # 第一位\n  - { name: a, public_key: AAAA, roles: [engineer], districts: ["*"] }\n')
    add('b')
    revokeActor(folders, 'a')
    const text = readFileSync(join(folders.overlay, 'actors.yaml'), 'utf8')
    expect(text).toContain('# 本局操作人')
    expect(text).toContain('# 第一位')
    expect(loadActors(folders.overlay).actors.map(({ name, revoked }) => [name, revoked])).toEqual([['a', true], ['b', false]])
  })

  it.each(['../evil', 'a/b', '', 'x'.repeat(65), 'a b'])('is not made under the name %j', (name) => {
    expect(add(name)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('can not sign with a key that is not there, nor with a path', () => {
    expect(signAs(folders.keysFolder, 'nobody', 'x')).toBeNull()
    expect(signAs(folders.keysFolder, '../keys/nobody', 'x')).toBeNull()
  })

  it('does not sign with a key that others can read, nor with a file that holds none', () => {
    add('li')
    const file = join(folders.keysFolder, 'li.key')
    chmodSync(file, 0o640)
    expect(() => signAs(folders.keysFolder, 'li', 'x')).toThrow(expect.objectContaining({ code: 3, reason: 'key-exposed' }))
    chmodSync(file, 0o600)
    expect(signAs(folders.keysFolder, 'li', 'x')).toEqual(expect.any(String))
    writeFileSync(file, 'garbage')
    expect(() => signAs(folders.keysFolder, 'li', 'x')).toThrow(expect.objectContaining({ code: 3, reason: 'bad-key' }))
  })

  it('keeps its key where NIANJIE_KEYS says', () => {
    expect(keysFolderOf({ NIANJIE_KEYS: '/k' })).toBe('/k')
    expect(keysFolderOf({})).toMatch(/\.config\/nianjie\/keys$/)
  })
})
