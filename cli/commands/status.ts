/** `nianjie status`: progress of all districts, once or live. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { countConfirmations } from '../../books/confirmations/read.ts'
import { readStatus, type Status } from '../../books/read-model/status.ts'
import type { CliContext } from '../shared/context.ts'
import { isUnreachable } from '../shared/exit.ts'
import { districtNames, districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { jsonLine } from '../shared/output.ts'
import { statusText } from '../shared/status-text.ts'

export interface StatusOptions {
  year?: number; district?: string[]; json?: boolean; watch?: boolean; rehearsal?: boolean; ascii?: boolean; interval?: number
}

export function registerStatus(program: Command, context: CliContext): void {
  const { t } = context
  program.command('status')
    .description(t({ zh: '各区划的进度', en: 'progress of all districts' }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .addOption(new Option('--rehearsal', t({ zh: '看演练', en: 'look at the rehearsal' })))
    .addOption(jsonOption(context))
    .addOption(new Option(
      '--watch', t({ zh: '持续显示变化；与 --json 同用时每次变化一行', en: 'go on showing changes; with --json one line for each' }),
    ))
    .addOption(new Option('--interval <seconds>', t({ zh: '--watch 的查询间隔（秒）', en: 'seconds between looks of --watch' }))
      .default(2).argParser(Number))
    .addOption(new Option('--ascii', t({ zh: '只用 ASCII 符号', en: 'ASCII marks only' })))
    .action((options: StatusOptions) => printStatus(context, options))
}

/** The plain snapshot, also what `nianjie` prints off a terminal. */
export async function printStatus(context: CliContext, options: StatusOptions): Promise<void> {
  if (options.watch) return watchStatus(context, options)
  const status = await loadStatus(context, options)
  if (options.json) context.printJson(status)
  else context.print(textOf(context, options, status))
}

async function loadStatus(context: CliContext, options: StatusOptions): Promise<Status> {
  const year = await yearOf(context, options.year)
  const look = { year, rehearsal: options.rehearsal, districts: knownDistricts(context, options.district) }
  const { db } = await context.books()
  const status = await readStatus(db, look, districtNames(context))
  const counts = await countConfirmations(db, look)
  const districts = status.districts.map((district) => {
    const confirmations = counts.get(district.code)
    return confirmations ? { ...district, confirmations } : district
  })
  return { ...status, districts }
}

const textOf = (context: CliContext, options: StatusOptions, status: Status) =>
  statusText(status, { lang: context.lang, ascii: options.ascii === true, now: context.now() })

/**
 * Prints the status each time it changes, until interrupted or all that was started has ended. On a terminal the
 * snapshot is painted over; a server that goes away is waited for.
 */
async function watchStatus(context: CliContext, options: StatusOptions): Promise<void> {
  const interval = Math.max(0.2, options.interval || 2) * 1000
  const stop = stopSignal(context)
  let shown = ''
  while (!stop.aborted) {
    const status = await loadStatus(context, options).catch((error: unknown) => {
      // The first look decides whether there is anything to watch; later ones outlast a restart of the server.
      if (shown === '' || !isUnreachable(error)) throw error
      context.message({ zh: '服务器没有应答，重试中', en: 'the server does not answer, trying again' })
      return null
    })
    const text = status ? options.json ? jsonLine(status) : textOf(context, options, status) : shown
    if (text !== shown) {
      context.stdout.write(
        `${!options.json && context.stdout.isTTY ? '\u001b[H\u001b[2J' : ''}${text}\n${options.json || context.stdout.isTTY ? '' : '\n'}`,
      )
    }
    shown = text
    if (status?.districts.length
      && status.districts.every((district) => district.state === 'completed' || district.state === 'cancelled')) {
      return
    }
    await sleep(interval, undefined, { signal: stop }).catch(() => {})
  }
}

function stopSignal(context: CliContext): AbortSignal {
  const controller = new AbortController()
  const stop = () => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  context.stdout.once('error', stop)
  context.onClose(async () => { process.off('SIGINT', stop); process.off('SIGTERM', stop); context.stdout.off('error', stop) })
  return controller.signal
}
