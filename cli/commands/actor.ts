/** `nianjie actor add|list|revoke`: who may act, and their keys. */
import { type Command, Option } from 'commander'
import { overlayFolder } from '../../config/overlay.ts'
import { type Actor, ROLES, type Role } from '../../config/schemas/people.ts'
import { addActor, keysFolderOf, revokeActor } from '../operations/keys.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { jsonOption, knownDistricts } from '../shared/options.ts'
import { table } from '../shared/width.ts'

export function registerActor(program: Command, context: CliContext): void {
  const { t } = context
  const actor = program.command('actor').description(t({ zh: '操作人与密钥', en: 'actors and their keys' }))
  actor.command('add').description(t({ zh: '登记操作人并生成密钥', en: 'register an actor and make the key pair' }))
    .argument('<name>', t({ zh: '姓名', en: 'name' }))
    .addOption(new Option('--role <role...>', t({ zh: '角色', en: 'roles' })).choices([...ROLES]))
    .option('--confirms <as...>', t({
      zh: '可作为何人确认对账，如 bank:工行（银行、单位等外部人员可无角色）',
      en: 'what the actor confirms, such as bank:ICBC (people from outside need no role)',
    }))
    .option('--district <code...>', t({ zh: '负责的区划（默认全部）', en: 'districts (default: all)' }))
    .action((name: string, flags: AddFlags) => add(context, name, flags))
  actor.command('list').description(t({ zh: '列出操作人', en: 'list the actors' })).addOption(jsonOption(context))
    .action((flags: { json?: boolean }) => list(context, flags))
  actor.command('revoke').description(t({ zh: '停用操作人', en: 'revoke an actor' })).argument('<name>', t({ zh: '姓名', en: 'name' }))
    .action((name: string) => revoke(context, name))
}

const foldersOf = ({ env }: CliContext) => ({ overlay: overlayFolder(env), keysFolder: keysFolderOf(env) })

interface AddFlags { role?: Role[]; district?: string[]; confirms?: string[] }

function add(context: CliContext, name: string, { role = [], district = [], confirms = [] }: AddFlags): void {
  if (role.length + confirms.length === 0) {
    throw usageError({ zh: '需要 --role 或 --confirms', en: '--role or --confirms is needed' })
  }
  const districts = district.includes('*') ? [] : knownDistricts(context, district) ?? []
  const made = addActor(foldersOf(context), {
    name, roles: [...new Set(role)], districts: districts.length > 0 ? districts : ['*'], confirms: confirmsOf(context, confirms),
  })
  if (!made.ok) throw refusal(made)
  context.print(context.t({
    zh: `已登记 ${name}：私钥 ${made.keyFile}，公钥在 ${made.actorsFile}`,
    en: `${name} is registered: private key ${made.keyFile}, public key in ${made.actorsFile}`,
  }))
}

/** `bank:ICBC` twice with other parties is one entry with both. @throws CliError usage when nobody confirms as that */
function confirmsOf(context: CliContext, given: readonly string[]): Actor['confirms'] {
  const known = new Set(Object.values(context.config().reconciliations.reconciliations)
    .flatMap(({ confirms }) => confirms.map((one) => one.as)))
  const parties = new Map<string, string[]>()
  for (const text of given) {
    const [as = '', ...party] = text.split(':')
    if (!known.has(as)) {
      throw usageError({
        zh: `没有确认人 ${as}；可用：${[...known].join(' ')}`, en: `nobody confirms as ${as}; there are: ${[...known].join(' ')}`,
      })
    }
    parties.set(as, [...(parties.get(as) ?? []), ...(party.length > 0 ? [party.join(':')] : ['*'])])
  }
  return [...parties].map(([as, own]) => ({ as, parties: own.includes('*') ? ['*'] : own }))
}

const confirmsText = ({ as, parties }: Actor['confirms'][number]) =>
  parties.map((party) => party === '*' ? as : `${as}:${party}`).join(' ')

function list(context: CliContext, { json }: { json?: boolean }): void {
  const { actors } = context.actors()
  if (json) return context.printJson(actors)
  const titles = context.lang === 'zh' ? ['姓名', '角色', '确认', '区划', '状态'] : ['Name', 'Roles', 'Confirms', 'Districts', 'State']
  context.print(table(titles.map((title) =>
    ({ title, align: 'left' as const })), actors.map(({ name, roles, confirms, districts, revoked }) =>
    [
      name, roles.join(' '), confirms.map(confirmsText).join(' '), districts.join(' '),
      revoked ? context.t({ zh: '已停用', en: 'revoked' }) : context.t({ zh: '有效', en: 'active' }),
    ])))
}

function revoke(context: CliContext, name: string): void {
  const done = revokeActor(foldersOf(context), name)
  if (!done.ok) throw refusal(done)
  context.print(context.t({ zh: `已停用 ${name}`, en: `${name} is revoked` }))
}
