/** `nianjie start`: begins the year-end, or rehearses it. */
import { type Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../../domain/deadlines.ts'
import { userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'

interface StartFlags { year?: number; district?: string[]; escalateAfter?: number; rehearse?: boolean; json?: boolean }

export function registerStart(program: Command, context: CliContext): void {
  const { t } = context
  program.command('start')
    .description(t({ zh: '开始年结', en: 'start the year-end' }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .option('--escalate-after <duration>', t({
      zh: '等待多久后升级（默认见 escalation.yaml）', en: 'how long a wait may last before it escalates (default: escalation.yaml)',
    }), durationOption)
    .option('--rehearse', t({ zh: '演练：全部走一遍，账务保持原样', en: 'rehearse: do everything and leave the books as they were' }))
    .addOption(jsonOption(context))
    .action((flags: StartFlags) => start(context, flags))
}

function durationOption(text: string): number {
  try {
    const ms = parseDuration(text)
    if (ms > 0) return ms
  } catch { /* said below */ }
  throw new InvalidArgumentError('应为时长 expected a duration such as 90m, 2h, 45s.')
}

async function start(context: CliContext, flags: StartFlags): Promise<void> {
  const districts = knownDistricts(context, flags.district) ?? []
  const year = await yearOf(context, flags.year)
  const kind = flags.rehearse ? 'rehearsal' : 'real'
  const answer = await (await context.operations())
    .start({ year, districts, kind, by: userOf(context), escalateAfterMs: flags.escalateAfter })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, kind, started: answer.started })
  const list = answer.started.join(' ')
  context.print(context.t(kind === 'real'
    ? { zh: `${year} 年年结已开始：${list}`, en: `the year-end of ${year} has started: ${list}` }
    : { zh: `${year} 年年结演练已开始：${list}`, en: `the rehearsal of ${year} has started: ${list}` }))
}
