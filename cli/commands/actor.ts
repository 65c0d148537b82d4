/** `nianjie actor add|list|revoke`: who may act, and their keys. */
import { type Command, Option } from 'commander'
import { overlayFolder } from '../../config/overlay.ts'
import { ROLES, type Role } from '../../config/schemas/people.ts'
import { addActor, keysFolderOf, revokeActor } from '../operations/keys.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { jsonOption, knownDistricts } from '../shared/options.ts'
import { table } from '../shared/width.ts'

export function registerActor(program: Command, context: CliContext): void {
  const { t } = context
  const actor = program.command('actor').description(t({ zh: '操作人与密钥', en: 'actors and their keys' }))
  actor.command('add').description(t({ zh: '登记操作人并生成密钥', en: 'register an actor and make the key pair' }))
    .argument('<name>', t({ zh: '姓名', en: 'name' }))
    .addOption(new Option('--role <role...>', t({ zh: '角色', en: 'roles' })).choices([...ROLES]).makeOptionMandatory())
    .option('--district <code...>', t({ zh: '负责的区划（默认全部）', en: 'districts (default: all)' }))
    .action((name: string, flags: { role: Role[]; district?: string[] }) => add(context, name, flags))
  actor.command('list').description(t({ zh: '列出操作人', en: 'list the actors' })).addOption(jsonOption(context))
    .action((flags: { json?: boolean }) => list(context, flags))
  actor.command('revoke').description(t({ zh: '停用操作人', en: 'revoke an actor' })).argument('<name>', t({ zh: '姓名', en: 'name' }))
    .action((name: string) => revoke(context, name))
}

const foldersOf = ({ env }: CliContext) => ({ overlay: overlayFolder(env), keysFolder: keysFolderOf(env) })

function add(context: CliContext, name: string, { role, district = [] }: { role: Role[]; district?: string[] }): void {
  const districts = district.includes('*') ? [] : knownDistricts(context, district) ?? []
  const made = addActor(foldersOf(context), { name, roles: [...new Set(role)], districts: districts.length > 0 ? districts : ['*'] })
  if (!made.ok) throw refusal(made)
  context.print(context.t({
    zh: `已登记 ${name}：私钥 ${made.keyFile}，公钥在 ${made.actorsFile}`, en: `${name} is registered: private key ${made.keyFile}, public key in ${made.actorsFile}`,
  }))
}

function list(context: CliContext, { json }: { json?: boolean }): void {
  const { actors } = context.actors()
  if (json) return context.printJson(actors)
  const titles = context.lang === 'zh' ? ['姓名', '角色', '区划', '状态'] : ['Name', 'Roles', 'Districts', 'State']
  context.print(table(titles.map((title) => ({ title, align: 'left' as const })), actors.map(({ name, roles, districts, revoked }) =>
    [name, roles.join(' '), districts.join(' '), revoked ? context.t({ zh: '已停用', en: 'revoked' }) : context.t({ zh: '有效', en: 'active' })])))
}

function revoke(context: CliContext, name: string): void {
  const done = revokeActor(foldersOf(context), name)
  if (!done.ok) throw refusal(done)
  context.print(context.t({ zh: `已停用 ${name}`, en: `${name} is revoked` }))
}
