/** `nianjie pause`, `resume`, `cancel` and `recheck`. */
import type { Command } from 'commander'
import type { Step } from '../../domain/steps.ts'
import { type ConfirmFlags, addConfirmOptions, confirm, userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { districtOption, districtsOption, jsonOption, knownDistricts, stepOption, yearOf, yearOption } from '../shared/options.ts'

interface ControlFlags extends ConfirmFlags { year?: number; district?: string[]; json?: boolean }

const WORDS: { [name in 'pause' | 'resume' | 'cancel']: { about: Text; done: Text } } = {
  pause: {
    about: { zh: '暂停年结（不指定区划则全部）', en: 'pause the year-end (all districts without --district)' },
    done: { zh: '已暂停', en: 'paused' },
  },
  resume: { about: { zh: '恢复年结', en: 'resume the year-end' }, done: { zh: '已恢复', en: 'resumed' } },
  cancel: { about: { zh: '取消年结', en: 'cancel the year-end' }, done: { zh: '已取消', en: 'cancelled' } },
}

export function registerControl(program: Command, context: CliContext): void {
  for (const what of ['pause', 'resume', 'cancel'] as const) {
    const command = program.command(what).description(context.t(WORDS[what].about))
      .addOption(yearOption(context)).addOption(districtsOption(context)).addOption(jsonOption(context))
    if (what === 'cancel') addConfirmOptions(command, context)
    command.action((flags: ControlFlags) => control(context, what, flags))
  }
}

async function control(context: CliContext, what: 'pause' | 'resume' | 'cancel', flags: ControlFlags): Promise<void> {
  const districts = knownDistricts(context, flags.district) ?? []
  const year = await yearOf(context, flags.year)
  if (what === 'cancel') {
    const whom = districts.join(' ') || context.t({ zh: '全部区划', en: 'all districts' })
    if (flags.dryRun) {
      return context.message({ zh: `将取消 ${year} 年年结：${whom}`, en: `would cancel the year-end of ${year}: ${whom}` })
    }
    await confirm(context, flags, { zh: `取消 ${year} 年年结：${whom}？`, en: `Cancel the year-end of ${year}: ${whom}?` })
  }
  const answer = await (await context.operations())[what]({ year, districts, by: userOf(context) })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, [what]: answer.districts })
  context.print(`${context.t(WORDS[what].done)}: ${answer.districts.join(' ')}`)
}

interface RecheckFlags { year?: number; district: string; step: Step }

export function registerRecheck(program: Command, context: CliContext): void {
  program.command('recheck')
    .description(context.t({ zh: '数据更正后重新检查某一步', en: 'check a step again after the input was corrected' }))
    .addOption(yearOption(context))
    .addOption(districtOption(context))
    .addOption(stepOption(context).makeOptionMandatory())
    .action((flags: RecheckFlags) => recheck(context, flags))
}

async function recheck(context: CliContext, { year: given, district, step }: RecheckFlags): Promise<void> {
  knownDistricts(context, [district])
  const year = await yearOf(context, given)
  const answer = await (await context.operations()).recheck({ year, district, step, by: userOf(context) })
  if (!answer.ok) throw refusal(answer)
  context.print(context.t({ zh: `${district} ${step} 正在重新检查`, en: `${district} ${step} is checked again` }))
}
