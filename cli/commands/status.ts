/** `nianjie status`: progress of all districts, once or live. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { countConfirmations } from '../../books/confirmations/read.ts'
import type { Look } from '../../books/read-model/current.ts'
import { readStatus, type Status } from '../../books/read-model/status.ts'
import { readForecast } from '../../books/service/forecast.ts'
import { loadAttribution } from '../../config/attribution.ts'
import { ConfigError } from '../../config/load.ts'
import { overlayFolder } from '../../config/overlay.ts'
import type { YearForecast } from '../../domain/forecast.ts'
import { withinBudget } from '../shared/budget.ts'
import type { CliContext } from '../shared/context.ts'
import { isUnreachable } from '../shared/exit.ts'
import {
  districtNames, districtsOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption,
} from '../shared/options.ts'
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
    .addOption(rehearsalOption(context))
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
  const status = await loadStatus(context, options, (look) => forecastOf(context, look, ({ problems }) => context.message({
    zh: `没有预计完成时间：${problems.join('；')}`, en: `no forecast: ${problems.join('; ')}`,
  })))
  if (options.json) context.printJson(status)
  else context.print(textOf(context, options, status))
}

type ReadForecast = (look: Look) => Promise<YearForecast | null>

/** Null where the rules of whose minutes they were can not be read: the status stands without it. */
async function forecastOf(
  context: CliContext, look: Look, wrong: (error: ConfigError) => void = () => {},
): Promise<YearForecast | null> {
  try {
    return await readForecast((await context.books()).db, look, loadAttribution(overlayFolder(context.env)), context.now())
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    wrong(error)
    return null
  }
}

async function loadStatus(context: CliContext, options: StatusOptions, forecast: ReadForecast): Promise<Status> {
  const year = await yearOf(context, options.year)
  const look = { year, rehearsal: options.rehearsal, districts: knownDistricts(context, options.district) }
  const { db } = await context.books()
  const status = await readStatus(db, look, districtNames(context))
  const counts = await countConfirmations(db, look)
  const found = await forecast(look)
  const districts = status.districts.map((district) => {
    const confirmations = counts.get(district.code)
    const own = found?.districts.find((one) => one.district === district.code && one.step !== null)
    return { ...district, ...(confirmations && { confirmations }), ...(own && { forecast: own }) }
  })
  return { ...status, districts, ...(found && { trackRecord: found.trackRecord }) }
}

/** What counts as a change: a forecast moves on with the clock. */
function withoutForecast({ trackRecord: _record, ...status }: Status): Status {
  return { ...status, districts: status.districts.map(({ forecast: _forecast, ...district }) => district) }
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
  const forecast = withinBudget((look: Look) => forecastOf(context, look))
  const paints = !options.json && context.stdout.isTTY
  const print = (status: Status) => (options.json ? jsonLine(status) : textOf(context, options, status))
  let shown = ''
  while (!stop.aborted) {
    const status = await loadStatus(context, options, forecast).catch((error: unknown) => {
      // The first look decides whether there is anything to watch; later ones outlast a restart of the server.
      if (shown === '' || !isUnreachable(error)) throw error
      context.message({ zh: '服务器没有应答，重试中', en: 'the server does not answer, trying again' })
      return null
    })
    const seen = status ? print(paints ? status : withoutForecast(status)) : shown
    if (status && seen !== shown) {
      context.stdout.write(
        `${paints ? '\u001b[H\u001b[2J' : ''}${print(status)}\n${options.json || context.stdout.isTTY ? '' : '\n'}`,
      )
    }
    shown = seen
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
