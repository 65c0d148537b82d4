/** `nianjie worker`: only a worker, for production; `nianjie up` runs the very same beside its servers. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { overlayFolder } from '../../config/overlay.ts'
import { workflowBundle } from '../../worker/bundle.ts'
import { homeOf } from '../local/home.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'

interface WorkerFlags { current?: boolean; versioning: boolean; sqlSlots?: string }

/** Registers `worker`. It runs until a signal ends it, in order: exit 0. */
export function registerWorker(program: Command, context: CliContext): void {
  const { t } = context
  program.command('worker')
    .description(t({ zh: '只运行工作进程（生产环境）', en: 'run only a worker (production)' }))
    .option('--current', t({ zh: '使新启动的年结由本版本运行', en: 'let year-ends that start from now on run on this build' }))
    .option('--no-versioning', t({
      zh: '不使用工作进程版本（仅用于不支持它的服务器）', en: 'without worker versioning (only for servers that lack it)',
    }))
    .option('--sql-slots <n>', t({
      zh: '同时进行的繁重步骤数（默认为处理器数）', en: 'heavy steps at the same time (default: the number of processors)',
    }))
    .action((flags: WorkerFlags) => work(context, flags))
}

async function work(context: CliContext, flags: WorkerFlags): Promise<void> {
  const { env } = context
  const servers = await context.servers()
  const [{ startWorker }, { createLog }] = await Promise.all([import('../../worker/run.ts'), import('../../worker/log.ts')])
  const worker = await startWorker({
    databaseUrl: servers.databaseUrl,
    temporal: servers.temporal,
    overlay: overlayFolder(env),
    bundle: workflowBundle(env),
    versioned: flags.versioning,
    becomeCurrent: flags.current ?? false,
    buildsFolder: env.NIANJIE_BUILDS || join(homeOf(env), 'builds'),
    env,
    log: createLog(env),
    ...(flags.sqlSlots ? { sqlSlots: slots(flags.sqlSlots) } : {}),
  })
  // SIGINT and SIGTERM are handled by the Temporal runtime itself.
  process.once('SIGHUP', () => void worker.stop())
  await worker.ended
}

function slots(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw usageError({ zh: `--sql-slots 应为 1 到 256：${text}`, en: `--sql-slots must be 1 to 256: ${text}` })
  }
  return count
}
