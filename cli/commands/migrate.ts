/** `nianjie migrate`: brings the database schema up to date. */
import type { Command } from 'commander'
import { migrate } from '../../books/migrate.ts'
import { externalDatabase, findServers } from '../local/servers.ts'
import type { CliContext } from '../shared/context.ts'

/** Registers `migrate`. */
export function registerMigrate(program: Command, context: CliContext): void {
  const { t } = context
  program.command('migrate')
    .description(t({
      zh: '更新数据库结构（以 DATABASE_ADMIN_URL，否则 DATABASE_URL 登录；需为数据库所有者）',
      en: 'bring the database schema up to date (as DATABASE_ADMIN_URL, else DATABASE_URL: the owner of the database)',
    }))
    .option('--json', t({ zh: '以 JSON 输出', en: 'print JSON' }))
    .action(async (options: { json?: boolean }) => {
      const { adminDatabaseUrl } = externalDatabase(context.env) ?? await findServers(context.env)
      const { applied } = await migrate(adminDatabaseUrl)
      if (options.json) return context.printJson({ applied })
      if (applied.length === 0) return context.message({ zh: '数据库结构已是最新', en: 'the schema is up to date' })
      for (const name of applied) context.message({ zh: `已应用 ${name}`, en: `applied ${name}` })
    })
}
