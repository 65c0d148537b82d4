/** `nianjie undo` and `lock`: taking a carry-forward back, and the end of the watch on late changes. */
import { type Command, Option } from 'commander'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { districtOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { undoLines } from '../shared/undo-text.ts'

interface UndoFlags extends ConfirmFlags {
  year?: number; district: string; as?: string; comment?: string; approve?: boolean; reject?: boolean; preview?: boolean
  json?: boolean
}

export function registerUndo(program: Command, context: CliContext): void {
  const { t } = context
  const command = program.command('undo')
    .description(t({
      zh: '撤销已生效的年终结转：一人申请，另一人批准（--approve）或退回（--reject）',
      en: 'undo a carry-forward in force: one person asks, another approves (--approve) or rejects (--reject)',
    }))
    .addOption(yearOption(context))
    .addOption(districtOption(context))
    .addOption(new Option('--step <step>', t({ zh: '步骤', en: 'step' })).choices(['carry-forward']).makeOptionMandatory())
    .option('--as <actor>', t({ zh: '以哪位操作人的身份', en: 'as which actor' }))
    .option('--approve', t({ zh: '批准他人的撤销申请', en: 'approve the request of another person' }))
    .addOption(new Option('--reject', t({ zh: '退回撤销申请（须说明理由）；申请人可撤回自己的申请', en: 'reject the request, with the reason; who asked may take it back' }))
      .conflicts('approve'))
    .option('--preview', t({ zh: '只看撤销会涉及什么', en: 'only show what it would touch' }))
    .option('--comment <text>', t({ zh: '理由', en: 'reason' }))
    .addOption(jsonOption(context))
  addConfirmOptions(command, context).action((flags: UndoFlags) => undo(context, flags))
}

async function undo(context: CliContext, flags: UndoFlags): Promise<void> {
  const { district, as: actor, comment = '' } = flags
  const word = flags.approve ? 'approve' : flags.reject ? 'reject' : 'ask'
  knownDistricts(context, [district])
  const year = await yearOf(context, flags.year)
  const operations = await context.operations()
  if (flags.preview || flags.dryRun) {
    const shown = await operations.showUndo({ year, district })
    if (!shown.ok) throw refusal(shown)
    return flags.json
      ? context.printJson({ year, district, ...shown.preview })
      : context.print(undoLines(context.t, year, district, shown.preview).join('\n'))
  }
  if (actor === undefined) throw usageError({ zh: '需要 --as，或用 --preview 只看', en: '--as is needed, or --preview to only look' })
  const can = await operations.canDecideUndo({ year, district, actor, comment, word })
  if (!can.ok && context.isTTY) throw refusal(can)
  await confirm(context, flags, {
    ask: { zh: `申请撤销 ${year} 年 ${district} 的年终结转？`, en: `Ask for the undo of the carry-forward of ${district}, ${year}?` },
    approve: { zh: `批准撤销 ${year} 年 ${district} 的年终结转？`, en: `Approve the undo of the carry-forward of ${district}, ${year}?` },
    reject: {
      zh: `退回撤销 ${year} 年 ${district} 年终结转的申请？`, en: `Reject the request to undo the carry-forward of ${district}, ${year}?`,
    },
  }[word], word === 'reject' ? undefined : district)
  const answer = await operations.decideUndo({ year, district, actor, comment, word })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, district, state: answer.state })
  context.print(context.t({
    asked: {
      zh: `${actor} 已申请撤销，须由另一人批准（nianjie undo … --approve）或退回（--reject）`,
      en: `${actor} asked for the undo; another person must approve it (nianjie undo … --approve) or reject it (--reject)`,
    },
    approved: { zh: `${actor} 已批准，还需他人批准`, en: `${actor} approved it; more people must approve` },
    rejected: { zh: `${actor} 已退回撤销申请，结转不变`, en: `${actor} rejected the request: the carry-forward stays as it is` },
    undoing: {
      zh: `${actor} 已批准，正在撤销；之后重新编制结转方案`, en: `${actor} approved it: it is being undone, then the carry-forward is planned anew`,
    },
  }[answer.state]))
}

interface LockFlags extends ConfirmFlags { year?: number; district: string; as: string; comment?: string; json?: boolean }

export function registerLock(program: Command, context: CliContext): void {
  const { t } = context
  const command = program.command('lock')
    .description(t({
      zh: '最终锁定已签署归档的年度：不再监测迟到的更正，不能再撤销', en: 'lock a signed-off year for good: no more watch on late changes, no more undo',
    }))
    .addOption(yearOption(context))
    .addOption(districtOption(context))
    .requiredOption('--as <actor>', t({ zh: '以哪位操作人的身份', en: 'as which actor' }))
    .option('--comment <text>', t({ zh: '理由（有迟到的更正未处理时必填）', en: 'reason (needed while late changes are open)' }))
    .addOption(jsonOption(context))
  addConfirmOptions(command, context).action((flags: LockFlags) => lock(context, flags))
}

async function lock(context: CliContext, flags: LockFlags): Promise<void> {
  const { district, as: actor, comment = '' } = flags
  knownDistricts(context, [district])
  const year = await yearOf(context, flags.year)
  const operations = await context.operations()
  if (flags.dryRun || context.isTTY) {
    const can = await operations.canLock({ year, district, actor, comment })
    if (!can.ok) throw refusal(can)
    if (flags.dryRun) return context.message({ zh: `将锁定 ${year} 年 ${district}`, en: `would lock ${year} of ${district}` })
  }
  await confirm(
    context, flags,
    { zh: `锁定 ${year} 年 ${district}？之后不能再撤销。`, en: `Lock ${year} of ${district}? Nothing can be undone after that.` }, district,
  )
  const answer = await operations.lock({ year, district, actor, comment })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, district, locked: true })
  context.print(context.t({ zh: `${actor} 已锁定 ${year} 年 ${district}`, en: `${actor} locked ${year} of ${district}` }))
}
