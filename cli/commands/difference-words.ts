/**
 * `nianjie difference explain|assign|correct`: people's words on differences, signed and judged as every other word on a finding.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { type AboutDifference, type WordAction, isName } from '../../domain/differences.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { asOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { ACTION_WORDS } from '../shared/terms.ts'

interface WordFlags extends ConfirmFlags { as: string; comment?: string; kind?: string; owner?: string; evidence?: string }
type Action = Extract<WordAction, 'explain' | 'waive' | 'assign' | 'correct'>

export function registerDifferenceWords(difference: Command, context: CliContext): void {
  const { t } = context
  const add = (name: Action, description: string, options: readonly Option[]) => {
    const command = difference.command(name).description(description)
      .argument('<id...>', t({ zh: '差异编号，可多个（全部可行才执行）', en: 'ids of the differences, one or many (all or none)' }))
      .addOption(asOption(context))
    for (const option of options) command.addOption(option)
    addConfirmOptions(command, context).action((ids: string[], flags: WordFlags) => say(context, name, ids, flags))
  }
  const comment = (zh: string, en: string) => new Option('--comment <text>', t({ zh, en })).makeOptionMandatory()
  const owner = () => new Option('--owner <name>', t({ zh: '负责人', en: 'who sees to it' }))
  const kind = () =>
    new Option('--kind <kind>', t({ zh: '差异原因（nianjie difference kinds）', en: 'kind of difference (nianjie difference kinds)' }))
  const evidence = () => new Option('--evidence <file>', t({ zh: '佐证材料', en: 'file that proves it' }))
  add('explain', t({ zh: '说明差异的原因', en: 'say what the reason of the difference is' }), [
    comment('说明', 'the explanation'), kind(), owner(), evidence(),
  ])
  add('waive', t({ zh: '豁免差异', en: 'waive the difference' }), [comment('理由', 'the reason'), kind(), owner(), evidence()])
  add('correct', t({ zh: '记明数据将更正（仍待处理，直至更正后重新对账）', en: 'say that the input will be corrected (it stays open until then)' }),
    [comment('如何更正', 'what will be corrected'), kind(), owner()])
  add('assign', t({ zh: '指定负责人', en: 'say who sees to it' }), [
    owner().makeOptionMandatory(), new Option('--comment <text>', t({ zh: '说明', en: 'comment' })),
  ])
  difference.command('kinds').description(t({ zh: '列出差异原因', en: 'list the kinds of difference' }))
    .action(() => printKinds(context))
}

function printKinds(context: CliContext): void {
  const { kinds } = context.config().differences
  context.print(kinds.map(({ kind, name }) => `${kind.padEnd(24)}${context.t(name)}`).join('\n'))
}

async function say(context: CliContext, action: Action, ids: readonly string[], flags: WordFlags): Promise<void> {
  const { as: actor, comment = '' } = flags
  const { about, files } = aboutOf(context, flags)
  const rows = ids.map((id) => ({ id, action, comment, about }))
  const operations = await context.operations()
  if (flags.dryRun) {
    const can = await operations.canDecideFindings({ actor, rows })
    if (!can.ok) throw refusal(can)
    return context.message({ zh: `可以执行：${rows.length} 项差异。`, en: `this can be done: ${rows.length} differences` })
  }
  const word = ACTION_WORDS[action]
  const many = `${rows.length} difference${rows.length === 1 ? '' : 's'}`
  await confirm(context, flags, { zh: `${word.zh}：${rows.length} 项差异？`, en: `${word.en}: ${many}?` })
  const answer = await operations.decideFindings({ actor, rows, files })
  if (!answer.ok) throw refusal(answer)
  context.print(context.t({ zh: `${word.zh}：${answer.decided} 项差异`, en: `${word.en}: ${many}` }))
}

/** What is said besides the comment, and the file that proves it. @throws CliError usage */
function aboutOf(
  context: CliContext, { kind, owner, evidence }: WordFlags,
): { about: AboutDifference; files: { name: string; content: Buffer }[] } {
  if (owner !== undefined && !isName(owner)) {
    throw usageError({ zh: `负责人有误：${safeText(owner)}`, en: `the owner is not a name: ${safeText(owner)}` })
  }
  const about: AboutDifference = { ...(kind !== undefined && { kind }), ...(owner !== undefined && { owner }) }
  if (evidence === undefined) return { about, files: [] }
  const file = { name: basename(evidence), content: readFileSync(evidence) }
  const { max_mib: max } = context.config().differences.evidence
  if (file.content.length === 0 || file.content.length > max * 1024 * 1024) {
    throw usageError({ zh: `${evidence}：空文件，或超过 ${max} MiB`, en: `${evidence}: it is empty, or larger than ${max} MiB` })
  }
  if (!isName(file.name)) throw usageError({ zh: `文件名有误：${safeText(file.name)}`, en: `not a file name: ${safeText(file.name)}` })
  const sha256 = createHash('sha256').update(file.content).digest('hex')
  return { about: { ...about, evidence: { name: file.name, sha256, size: file.content.length } }, files: [file] }
}
