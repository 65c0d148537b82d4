/** `nianjie schedule`: what runs by the calendar. */
import { type Command, Option } from 'commander'
import { connectTemporal } from '../local/connect-temporal.ts'
import { scheduleBackfill, scheduleList, scheduleOff, scheduleOn } from '../operations/schedule.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { chosenDistricts, districtsOption, jsonOption } from '../shared/options.ts'
import { localTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface ScheduleFlags { district?: string[]; on?: boolean; off?: boolean; list?: boolean; backfill?: string; json?: boolean }

export function registerSchedule(program: Command, context: CliContext): void {
  const { t } = context
  const schedule = program.command('schedule').description(t({ zh: '定时任务', en: 'what runs by the calendar' }))
  schedule.command('in-transit').description(t({
    zh: '在途业务月度检查：每个区划一个 Temporal 定时任务',
    en: 'the monthly check of everything in transit: one Temporal Schedule for each district',
  }))
    .addOption(districtsOption(context))
    .addOption(new Option('--on', t({ zh: '开启，或按配置更新', en: 'switch on, or bring up to date with the configuration' }))
      .conflicts(['off', 'list', 'backfill']))
    .addOption(new Option('--off', t({ zh: '关闭（已有结果保留）', en: 'switch off (what was checked stays)' }))
      .conflicts(['list', 'backfill']))
    .addOption(new Option('--list', t({ zh: '列出（默认）', en: 'list them (the default)' })))
    .addOption(new Option('--backfill <from..to>', t({
      zh: '补做这段时间内应做的检查，如 2025-10-01..2025-12-31',
      en: 'catch up the checks that were due between two days, such as 2025-10-01..2025-12-31',
    })))
    .addOption(jsonOption(context)).action((flags: ScheduleFlags) => changeSchedule(context, flags))
}

async function changeSchedule(context: CliContext, flags: ScheduleFlags): Promise<void> {
  const config = context.config()
  const districts = chosenDistricts(context, flags.district)
  const client = await connectTemporal(await context.servers())
  context.onClose(() => client.connection.close())
  if (flags.on) await scheduleOn({ client, config }, districts)
  if (flags.off) await scheduleOff({ client }, districts)
  if (flags.backfill !== undefined) {
    const { start, end } = spanOf(flags.backfill)
    const none: string[] = []
    for (const district of districts) if (!(await scheduleBackfill({ client }, district, start, end))) none.push(district)
    if (none.length > 0) {
      throw refusal({ code: 'wrong-state', zh: `没有开启定时任务：${none.join('、')}`, en: `no schedule is on in ${none.join(', ')}` })
    }
  }
  const states = await scheduleList({ client }, districts)
  if (flags.json) return context.printJson(states)
  const titles = context.lang === 'zh'
    ? ['区划', '状态', '时间', '时区', '下次', '上次']
    : ['District', 'State', 'When', 'Time zone', 'Next', 'Last']
  context.print(table(titles.map((title) => ({ title, align: 'left' as const })), states.map((one) => [
    one.district, context.t(one.on ? { zh: '开', en: 'on' } : { zh: '关', en: 'off' }), one.on ? config.documents.watch.cron : '',
    one.timeZone ?? '', one.next ? localTime(one.next) : '', one.last ? localTime(one.last) : ''])))
}

/** Whole days, the last one included. @throws CliError usage */
function spanOf(text: string): { start: Date; end: Date } {
  const match = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(text)
  const [start, end] = [new Date(`${match?.[1]}T00:00:00Z`), new Date(`${match?.[2]}T23:59:59Z`)]
  if (!match || Number.isNaN(start.getTime()) || Number.isNaN(end.getTime()) || start > end) {
    throw refusal({
      code: 'malformed', zh: '--backfill 应为两个日期，如 2025-10-01..2025-12-31',
      en: '--backfill takes two days, such as 2025-10-01..2025-12-31',
    })
  }
  return { start, end }
}
