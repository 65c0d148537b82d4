/** `nianjie approve`, `reject` and `resolve`: people's words, signed with their own key. */
import { type Command, Option } from 'commander'
import { FINDING_ACTIONS, type FindingAction } from '../../domain/findings.ts'
import { STEP_NAMES, type Step } from '../../domain/steps.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { readTable } from '../shared/given-table.ts'
import { asOption, districtOption, knownDistricts, stepOption, yearOf, yearOption } from '../shared/options.ts'

interface StepFlags extends ConfirmFlags {
  year?: number; district: string; step: Step; as: string; comment?: string; evidence?: string
}

export function registerDecide(program: Command, context: CliContext): void {
  const { t } = context
  for (const kind of ['approve', 'reject'] as const) {
    const command = program.command(kind)
      .description(t(kind === 'approve' ? { zh: '审批某一步', en: 'approve a step' } : {
        zh: '退回某一步（须说明理由）', en: 'send a step back, with the reason',
      }))
      .addOption(yearOption(context))
      .addOption(districtOption(context))
      .addOption(stepOption(context).makeOptionMandatory())
      .addOption(asOption(context))
      .option('--comment <text>', t({ zh: '说明', en: 'comment' }))
      .option('--evidence <digest>', t({
        zh: '您看到的依据摘要；已变化则拒绝（默认：当前依据）',
        en: 'digest of the evidence that you saw; refused when it changed (default: the current one)',
      }))
    addConfirmOptions(command, context).action((flags: StepFlags) => decideStep(context, kind, flags))
  }
}

async function decideStep(context: CliContext, kind: 'approve' | 'reject', flags: StepFlags): Promise<void> {
  const { district, step, as: actor, comment = '', evidence } = flags
  knownDistricts(context, [district])
  const year = await yearOf(context, flags.year)
  const operations = await context.operations()
  if (flags.dryRun) {
    const can = await operations.canDecideStep({ year, district, step, kind, actor, comment })
    if (!can.ok) throw refusal(can)
    return context.message({ zh: '可以执行。', en: 'this can be done' })
  }
  const name = context.t(STEP_NAMES[step])
  await confirm(context, flags, kind === 'approve'
    ? { zh: `审批 ${year} 年 ${district} ${name}？`, en: `Approve ${name} of ${district}, ${year}?` }
    : { zh: `退回 ${year} 年 ${district} ${name}？`, en: `Send back ${name} of ${district}, ${year}?` }, step === 'sign-off' ? district : undefined)
  const answer = await operations.decideStep({ year, district, step, kind, actor, comment, evidenceDigest: evidence })
  if (!answer.ok) throw refusal(answer)
  context.print(context.t(kind === 'approve'
    ? { zh: `${actor} 已审批 ${year} 年 ${district} ${name}`, en: `${actor} approved ${name} of ${district}, ${year}` }
    : { zh: `${actor} 已退回 ${year} 年 ${district} ${name}`, en: `${actor} sent back ${name} of ${district}, ${year}` }))
}

interface ResolveFlags extends ConfirmFlags {
  as: string; action?: FindingAction; comment?: string; file?: string; json?: boolean
}
type Row = { id: string; action: FindingAction; comment: string }

export function registerResolve(program: Command, context: CliContext): void {
  const { t } = context
  const command = program.command('resolve')
    .description(t({ zh: '处理问题：一个，或用文件处理多个（全部可行才执行）', en: 'decide a finding, or many from a file (all or none)' }))
    .argument('[id]', t({ zh: '问题编号', en: 'id of the finding' }))
    .addOption(asOption(context))
    .addOption(new Option('--action <action>', t({ zh: '如何处理', en: 'what to do' })).choices([...FINDING_ACTIONS]))
    .option('--comment <text>', t({ zh: '说明（说明与豁免必填）', en: 'comment (needed to explain or waive)' }))
    .option('--file <csv>', t({ zh: 'CSV 文件，列：id,action,comment', en: 'CSV file with the columns id,action,comment' }))
  addConfirmOptions(command, context).action((id: string | undefined, flags: ResolveFlags) => resolve(context, id, flags))
}

async function resolve(context: CliContext, id: string | undefined, flags: ResolveFlags): Promise<void> {
  const rows = rowsOf(id, flags)
  const operations = await context.operations()
  if (flags.dryRun) {
    const can = await operations.canDecideFindings({ actor: flags.as, rows })
    if (!can.ok) throw refusal(can)
    return context.message({ zh: `可以执行：${rows.length} 个问题。`, en: `this can be done: ${rows.length} findings` })
  }
  await confirm(context, flags, { zh: `处理 ${rows.length} 个问题？`, en: `Decide ${rows.length} findings?` })
  const answer = await operations.decideFindings({ actor: flags.as, rows })
  if (!answer.ok) throw refusal(answer)
  context.print(context.t({ zh: `已处理 ${answer.decided} 个问题`, en: `${answer.decided} findings decided` }))
}

function rowsOf(id: string | undefined, { action, comment = '', file }: ResolveFlags): Row[] {
  if (file !== undefined) {
    if (id !== undefined) throw usageError({ zh: '编号与 --file 只能给一个', en: 'give either an id or --file' })
    return readRows(file, action, comment)
  }
  if (id === undefined || action === undefined) {
    throw usageError({ zh: '需要问题编号和 --action，或 --file', en: 'an id and --action are needed, or --file' })
  }
  return [{ id, action, comment }]
}

/** Rows of a decisions file; what a row leaves open is as on the command line. @throws CliError usage */
function readRows(file: string, action: FindingAction | undefined, comment: string): Row[] {
  return readTable(file, (cells, complain): Row => {
    const row = { id: cells.id ?? '', action: (cells.action || action || '') as FindingAction, comment: cells.comment || comment }
    if (!row.id) complain('id', '缺少', 'missing')
    if (!FINDING_ACTIONS.some((one) => one === row.action)) complain('action', '不认识', 'unknown')
    return row
  })
}
