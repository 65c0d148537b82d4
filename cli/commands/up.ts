/** `nianjie up`: local PostgreSQL, Temporal and worker, in the foreground or detached. */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'
import { EXIT, failure } from '../shared/exit.ts'
import { homeOf, type LocalState } from '../local/home.ts'
import { alreadyRuns } from '../local/lock.ts'
import { type Local, openLocal } from '../local/open-local.ts'
import type { Servers } from '../local/servers.ts'
import { liveState } from '../local/stale.ts'

/** Registers `up`. */
export function registerUp(program: Command, context: CliContext): void {
  const { t } = context
  program.command('up')
    .description(t({
      zh: '启动本地 PostgreSQL、Temporal 和工作进程（数据在 NIANJIE_HOME）',
      en: 'start local PostgreSQL, Temporal and a worker (data in NIANJIE_HOME)',
    }))
    .option('--detach', t({ zh: '在后台运行，直到 nianjie down', en: 'keep them running in the background until nianjie down' }))
    .option('--json', t({ zh: '以 JSON 输出地址', en: 'print the addresses as JSON' }))
    .action((options: { detach?: boolean; json?: boolean }) => up(context, options))
}

async function up(context: CliContext, options: { detach?: boolean; json?: boolean }): Promise<void> {
  const home = homeOf(context.env)
  const running = liveState(home)
  if (running && !options.detach) throw alreadyRuns(home, running.supervisor)
  const local = await openLocal(context.env, (text) => context.message(text))
  describe(context, home, local.servers, options.json ?? false)
  if (!local.own) return context.message({ zh: '已在运行', en: 'they run already' })
  if (options.detach) {
    local.own.detach()
    return context.message({ zh: '已在后台运行；用 nianjie down 停止', en: 'they run in the background; nianjie down stops them' })
  }
  context.message({ zh: '运行中；按 Ctrl-C 停止', en: 'running; Ctrl-C stops them' })
  await untilEnd(context, local)
}

/** Until a signal, `nianjie down`, or the supervisor's own end. */
async function untilEnd(context: CliContext, local: Local): Promise<void> {
  const signalled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('signal'))
  })
  const how = await Promise.race([signalled, local.own!.ended])
  if (how === false) {
    throw failure({
      zh: '本地服务的监管进程被杀死；nianjie down 会清理遗留进程',
      en: 'the supervisor of the local servers was killed; nianjie down cleans up what is left',
    })
  }
  if (how === 'signal') context.message({ zh: '正在停止…', en: 'stopping…' })
  await local.close()
  context.exitWith(EXIT.done)
}

function describe(context: CliContext, home: string, servers: Servers, json: boolean): void {
  const state = liveState(home)
  if (json) return context.printJson(summary(home, servers, state))
  const database = new URL(servers.databaseUrl)
  context.message(`PostgreSQL  ${database.host}${database.pathname}`)
  context.message(`Temporal    ${servers.temporal.address} (${servers.temporal.namespace})`)
  if (state?.ports.temporalUi) context.message(`Temporal UI http://127.0.0.1:${state.ports.temporalUi}`)
}

/** Addresses without passwords: these stand in NIANJIE_HOME/secrets.json. */
function summary(home: string, servers: Servers, state: LocalState | undefined): object {
  const { host, pathname, username } = new URL(servers.databaseUrl)
  return {
    home,
    supervisor: state?.supervisor.pid ?? null,
    postgres: { address: host, database: pathname.slice(1), login: username, data: state?.postgresData ?? null },
    temporal: { address: servers.temporal.address, namespace: servers.temporal.namespace, ui: state?.ports.temporalUi ?? null },
  }
}
