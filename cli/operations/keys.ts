/** Actors and their keys: the private key stays in its owner's folder, the public one goes into actors.yaml. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Document, YAMLSeq, isMap, parseDocument } from 'yaml'
import { builtInFolder, loadActors } from '../../config/load.ts'
import { type Actor, newActorSchema } from '../../config/schemas/people.ts'
import type { Done } from '../operations.ts'
import { refusal } from '../shared/exit.ts'
import { refused } from './deps.ts'

/** A name is part of a file's name: no separators, no spaces. */
const NAME = /^[\p{L}\p{N}._-]{1,64}$/u

/** NIANJIE_KEYS, else ~/.config/nianjie/keys. */
export function keysFolderOf(env: Readonly<Record<string, string | undefined>>): string {
  return env.NIANJIE_KEYS ? resolve(env.NIANJIE_KEYS) : join(homedir(), '.config', 'nianjie', 'keys')
}

export interface Folders { overlay: string; keysFolder: string }

/**
 * Makes an actor: a key pair of its own. Nothing is ever overwritten.
 * @throws ConfigError when actors.yaml can not be read
 */
export function addActor(
  { overlay, keysFolder }: Folders, request: Pick<Actor, 'name' | 'roles' | 'districts'> & Partial<Pick<Actor, 'confirms'>>,
): Done<{ keyFile: string; actorsFile: string }> {
  const valid = newActorSchema.safeParse(request)
  if (!valid.success) return notValid(request.name, problemOf(valid.error))
  const keyFile = join(keysFolder, `${request.name}.key`)
  if (loadActors(overlay).actors.some(({ name }) => name === request.name)) {
    return refused('exists', `已有操作人 ${request.name}。`, `actor ${request.name} exists already`)
  }
  if (existsSync(keyFile)) {
    return refused('exists', `私钥文件已存在，不会覆盖：${keyFile}`, `the key file exists and is not overwritten: ${keyFile}`)
  }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  mkdirSync(keysFolder, { recursive: true, mode: 0o700 })
  chmodSync(keysFolder, 0o700)
  writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' })
  const actorsFile = changeActors(overlay, (document, list) => {
    list.add(document.createNode({
      name: request.name, public_key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      roles: [...request.roles], districts: [...request.districts],
      ...(request.confirms?.length ? { confirms: request.confirms } : {}),
    }))
  })
  return { ok: true, keyFile, actorsFile }
}

function notValid(name: string, problem: string) {
  return NAME.test(name)
    ? refused('malformed', `操作人不合规：${problem}`, `not a valid actor: ${problem}`)
    : refused('malformed', '姓名只能用文字、数字和 . _ -，至多 64 个字符', 'a name holds letters, digits and . _ - only, at most 64 of them')
}

const problemOf = (error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }) =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')

/** Revokes an actor: holds from the next decision on; what was decided before stays. */
export function revokeActor({ overlay }: Folders, name: string): Done<{ actorsFile: string }> {
  const actor = loadActors(overlay).actors.find((one) => one.name === name)
  if (!actor) return refused('unknown-actor', `没有登记操作人 ${name}。`, `there is no actor ${name}`)
  if (actor.revoked) return refused('revoked', `操作人 ${name} 已停用。`, `actor ${name} is revoked already`)
  const actorsFile = changeActors(overlay, (_document, list) => {
    for (const item of list.items) if (isMap(item) && item.get('name') === name) item.set('revoked', true)
  })
  return { ok: true, actorsFile }
}

/**
 * Signs text with the actor's private key. Null when this user does not hold it.
 * @throws CliError (refused) when others can read the key, or the file holds none
 */
export function signAs(keysFolder: string, name: string, text: string): string | null {
  const file = join(keysFolder, `${name}.key`)
  if (!NAME.test(name) || !existsSync(file)) return null
  return sign(null, Buffer.from(text, 'utf8'), privateKeyOf(file)).toString('base64')
}

function privateKeyOf(file: string): KeyObject {
  // A key that others can read proves nothing about who signs. Windows keeps no such modes.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw refusal({
      code: 'key-exposed', zh: `私钥文件他人可读，拒绝使用：先执行 chmod 600 ${file}`,
      en: `others can read this private key, so it is not used: first run chmod 600 ${file}`,
    })
  }
  try {
    const key = createPrivateKey(readFileSync(file))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    if ((error as { syscall?: unknown }).syscall) throw error
  }
  throw refusal({ code: 'bad-key', zh: `文件中没有可用的私钥：${file}`, en: `this file holds no private key that can be used: ${file}` })
}

/** Edits the office's actors.yaml (begun as a copy of the built-in one): comments stay, the file is replaced whole. */
function changeActors(overlay: string, change: (document: Document, list: YAMLSeq) => void): string {
  const file = join(overlay, 'actors.yaml')
  const source = existsSync(file) ? file : join(builtInFolder(), 'actors.yaml')
  const document = parseDocument(readFileSync(source, 'utf8'))
  let list = document.get('actors')
  if (!(list instanceof YAMLSeq)) document.set('actors', (list = new YAMLSeq()))
  const actors = list as YAMLSeq
  actors.flow = false
  change(document as unknown as Document, actors)
  mkdirSync(overlay, { recursive: true })
  const part = `${file}.${process.pid}`
  writeFileSync(part, document.toString({ lineWidth: 0 }))
  renameSync(part, file)
  return file
}
