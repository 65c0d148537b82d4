/** `nianjie down`: stops the local servers, and ends what a killed supervisor left. */
import type { Command } from 'commander'
import { homeOf } from '../local/home.ts'
import { endProcess } from '../local/processes.ts'
import { endStale, liveState } from '../local/stale.ts'
import type { CliContext } from '../shared/context.ts'

/** Longer than all its children's graces together. */
const STOP_MS = 60_000

/** Registers `down`. */
export function registerDown(program: Command, context: CliContext): void {
  const { t } = context
  program.command('down')
    .description(t({ zh: '停止本地 PostgreSQL、Temporal 和工作进程', en: 'stop the local PostgreSQL, Temporal and worker' }))
    .action(async () => {
      const home = homeOf(context.env)
      const running = liveState(home)
      if (running) {
        await endProcess(running.supervisor, 'SIGTERM', STOP_MS)
        context.message({ zh: '已停止', en: 'stopped' })
      }
      const ended = await endStale(home)
      if (ended.length > 0) context.message({ zh: `已结束遗留的进程：${ended.join('、')}`, en: `ended what was left: ${ended.join(', ')}` })
      else if (!running) context.message({ zh: `${home} 中没有运行中的服务`, en: `nothing runs in ${home}` })
    })
}
