/** `nianjie difference`: the differences of the reconciliations, from the first sight of one to its explanation or correction. */
import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { readEvidenceFile } from '../../books/differences/evidence.ts'
import { differenceHistory } from '../../books/differences/history.ts'
import { type Difference, type DifferenceFilter, listDifferences } from '../../books/differences/read.ts'
import { DIFFERENCE_STATES, type DifferenceState } from '../../domain/differences.ts'
import type { CliContext } from '../shared/context.ts'
import { differenceText, differencesText } from '../shared/difference-text.ts'
import { usageError } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption } from '../shared/options.ts'
import { registerDifferenceStatement } from './difference-statement.ts'
import { registerDifferenceWords } from './difference-words.ts'

interface ListOptions extends Omit<DifferenceFilter, 'year' | 'districts' | 'now' | 'states'> {
  year?: number; district?: string[]; state?: DifferenceState[]; json?: boolean
}
interface ShowOptions { year?: number; rehearsal?: boolean; json?: boolean }

export function registerDifference(program: Command, context: CliContext): void {
  const { t } = context
  const difference = program.command('difference')
    .description(t({ zh: '对账差异：列出、查看、说明、更正', en: 'differences of the reconciliations: list, show, explain, correct' }))
  difference.command('list').description(t({ zh: '列出差异', en: 'list the differences' }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .addOption(new Option('--rule <rule>', t({ zh: '对账编号，如 R8', en: 'number of the reconciliation, such as R8' })))
    .addOption(new Option('--party <party>', t({ zh: '银行、单位等对方', en: 'bank, unit or other party' })))
    .addOption(new Option('--kind <kind>', t({ zh: '差异原因', en: 'kind of difference' })))
    .addOption(new Option('--owner <name>', t({ zh: '负责人', en: 'who sees to it' })))
    .addOption(new Option('--state <state...>', t({ zh: '状态', en: 'state' })).choices([...DIFFERENCE_STATES]))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: ListOptions) => printList(context, options))
  difference.command('show').description(t({ zh: '查看一项差异及其全部经过', en: 'one difference with everything that happened to it' }))
    .argument('<id>', t({ zh: '差异编号', en: 'id of the difference' }))
    .addOption(yearOption(context))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((id: string, options: ShowOptions) => printOne(context, id, options))
  difference.command('evidence').description(t({ zh: '取出一项差异的佐证材料', en: 'fetch the evidence of a difference' }))
    .argument('<id>', t({ zh: '差异编号', en: 'id of the difference' }))
    .addOption(yearOption(context))
    .addOption(new Option('--out <file>', t({ zh: '写入的文件', en: 'file to write' })).makeOptionMandatory())
    .action((id: string, options: { year?: number; out: string }) => writeEvidence(context, id, options))
  registerDifferenceStatement(difference, context)
  registerDifferenceWords(difference, context)
}

async function printList(context: CliContext, options: ListOptions): Promise<void> {
  const { year: given, district, state, json, ...filter } = options
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const listed = await listDifferences((await context.books()).db, {
    ...filter, year, districts, ...(state && { states: state }), now: context.now(),
  })
  if (json) return context.printJson(listed)
  if (listed.length === 0) return context.message({ zh: '没有符合条件的差异', en: 'there is no difference that fits' })
  context.print(differencesText(context, listed))
}

async function printOne(context: CliContext, id: string, { json, ...options }: ShowOptions): Promise<void> {
  const { year, one } = await findOne(context, id, options)
  const history = await differenceHistory((await context.books()).db, { district: one.district, year, id })
  if (json) return context.printJson({ ...one, history })
  context.print(differenceText(context, one, history))
}

/** @throws CliError usage when there is none of that id */
async function findOne(
  context: CliContext, id: string, { year: given, rehearsal }: ShowOptions,
): Promise<{ year: number; one: Difference }> {
  const year = await yearOf(context, given)
  const [one] = await listDifferences((await context.books()).db, { year, rehearsal, id, now: context.now() })
  if (!one) {
    throw usageError({
      zh: `${year} 年没有差异 ${id}（nianjie difference list）`, en: `there is no difference ${id} in ${year} (nianjie difference list)`,
    })
  }
  return { year, one }
}

async function writeEvidence(
  context: CliContext, id: string, { out, ...options }: { year?: number; out: string },
): Promise<void> {
  const { one } = await findOne(context, id, options)
  const evidence = one.explanation?.evidence
  const content = evidence && await readEvidenceFile((await context.books()).db, evidence.sha256)
  if (!content) throw usageError({ zh: `差异 ${id} 没有佐证材料`, en: `difference ${id} has no evidence` })
  await writeFile(out, content)
  context.message({ zh: `已写入 ${out}（${evidence.sha256}）`, en: `wrote ${out} (${evidence.sha256})` })
}
