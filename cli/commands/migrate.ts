/** `nianjie migrate`: brings the database schema up to date. */
import type { Command } from 'commander'
import { APP_ROLE } from '../../books/connect.ts'
import { migrate } from '../../books/migrate.ts'
import { ensureAppLogin } from '../local/postgres.ts'
import { externalDatabase, findServers } from '../local/servers.ts'
import type { CliContext } from '../shared/context.ts'
import { failure, usageError } from '../shared/exit.ts'

/** Registers `migrate`. */
export function registerMigrate(program: Command, context: CliContext): void {
  const { t } = context
  program.command('migrate')
    .description(t({
      zh: '更新数据库结构（以 DATABASE_ADMIN_URL，否则 DATABASE_URL 登录；需为数据库所有者）',
      en: 'bring the database schema up to date (as DATABASE_ADMIN_URL, else DATABASE_URL: the owner of the database)',
    }))
    .option('--app-login', t({
      zh: '同时建立 DATABASE_URL 的登录角色（只是 nianjie_app 的成员）；需要 DATABASE_ADMIN_URL',
      en: 'also make the login of DATABASE_URL, a member of nianjie_app only; needs DATABASE_ADMIN_URL',
    }))
    .option('--json', t({ zh: '以 JSON 输出', en: 'print JSON' }))
    .action(async (options: { json?: boolean; appLogin?: boolean }) => {
      const { databaseUrl, adminDatabaseUrl } = externalDatabase(context.env) ?? await findServers(context.env)
      const login = options.appLogin ? appLoginOf(databaseUrl, adminDatabaseUrl) : undefined
      const { applied } = await asOwner(adminDatabaseUrl, async () => {
        const report = await migrate(adminDatabaseUrl)
        if (login) await ensureAppLogin(adminDatabaseUrl, login)
        return report
      })
      if (options.json) return context.printJson({ applied })
      if (applied.length === 0) return context.message({ zh: '数据库结构已是最新', en: 'the schema is up to date' })
      for (const name of applied) context.message({ zh: `已应用 ${name}`, en: `applied ${name}` })
    })
}

/** What PostgreSQL refuses the owner, with what an administrator of the server has to run first. */
async function asOwner<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    const owner = decodeURIComponent(new URL(url).username) || 'nianjie_admin'
    const remedy = code === '42501' && /grant role|create role|must have .* option|admin option/i.test(message)
      ? remedyFor(message, owner)
      : null
    if (!remedy) throw error
    throw failure({
      zh: `${message}。请数据库管理员先执行：${remedy}（见 docs/operation.md）`,
      en: `${message}. Have an administrator of the server run first: ${remedy} (docs/operation.md)`,
    }, error)
  }
}

/** A role that another database of the server made already belongs to whoever made it. */
const remedyFor = (message: string, owner: string): string =>
  /create role/i.test(message)
    ? `alter role ${quoted(owner)} createrole;`
    : `grant ${APP_ROLE} to ${quoted(owner)} with admin option;`

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** @throws CliError usage when it is the owner's login itself, which could change the audit chain */
function appLoginOf(databaseUrl: string, adminDatabaseUrl: string): { login: string; password: string } {
  const [app, admin] = [new URL(databaseUrl), new URL(adminDatabaseUrl)]
  if (app.username === admin.username || !app.username || !app.password) {
    throw usageError({
      zh: '--app-login 需要 DATABASE_URL（应用的登录角色和密码）与 DATABASE_ADMIN_URL（所有者）不同',
      en: '--app-login needs DATABASE_URL (login and password of the application) to differ from DATABASE_ADMIN_URL (the owner)',
    })
  }
  return { login: decodeURIComponent(app.username), password: decodeURIComponent(app.password) }
}
