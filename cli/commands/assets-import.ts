/**
 * `nianjie assets import-corrections`: takes filled-in workbooks back, all or nothing, signed by the person who answers for them.
 */
import { type Command, Option } from 'commander'
import { readWorkbook } from '../../books/assets/read-workbook.ts'
import { cardRules } from '../../books/assets/fields.ts'
import { formatRowProblem } from '../../books/assets/reasons.ts'
import { touchedRuns } from '../../books/import/consequences.ts'
import { type AppliedDistrict, type CorrectionOutcome, importCorrections } from '../operations/corrections.ts'
import { keysFolderOf } from '../operations/keys.ts'
import { announceInput } from '../shared/announce-input.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT, refusal } from '../shared/exit.ts'
import { jsonOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

interface ImportOptions extends ConfirmFlags { as: string; json?: boolean }

export function registerImportCorrections(group: Command, context: CliContext): void {
  const { t } = context
  const command = group.command('import-corrections <files...>')
    .description(t({
      zh: '收回填好的更正表：逐行校验，全部可行才执行；更正成为卡片的新版本，说明登记为签名的决定，随后重新体检',
      en: 'take filled-in correction workbooks back: every row is checked, all or nothing; corrections become new versions of the cards, explanations signed decisions, and the check runs again',
    }))
    .addOption(new Option('--as <actor>', t({ zh: '以哪位操作人的身份签名', en: 'as which actor to sign' })).makeOptionMandatory())
    .addOption(jsonOption(context))
  addConfirmOptions(command, context).action((files: string[], options: ImportOptions) => run(context, files, options))
}

async function run(context: CliContext, paths: readonly string[], options: ImportOptions): Promise<void> {
  const config = context.config()
  const rules = cardRules(config.input)
  const files = []
  for (const path of paths) files.push(await readWorkbook(path, rules))
  const books = await context.books()
  const deps = {
    books, config, actors: context.actors(), keysFolder: keysFolderOf(context.env), operations: () => context.operations(),
  }
  const looked = await importCorrections(deps, { files, actor: options.as, dryRun: true })
  if (!looked.ok) return tellRefusal(context, options, looked)
  if (options.dryRun) return tell(context, options, looked.districts, true)
  const total = looked.districts.reduce((sum, one) => sum + one.corrections, 0)
  await confirm(context, options, {
    zh: `以 ${options.as} 的身份签名，更正 ${total} 处？`, en: `Sign ${total} corrections as ${options.as}?`,
  })
  const outcome = await importCorrections(deps, { files, actor: options.as, dryRun: false })
  if (!outcome.ok) return tellRefusal(context, options, outcome)
  const touched = new Map(await Promise.all(outcome.districts.map(async ({ district, year }) => [
    `${district}/${year}`, await touchedRuns(books.db, district, year),
  ] as const)))
  tell(context, options, outcome.districts, false)
  for (const { district, year, version, corrections, settled } of outcome.districts) {
    // Told again when the same workbook comes again: a run that did not hear of it then hears of it now.
    if (corrections + settled > 0) {
      await announceInput(context, {
        year, district, version, loaded: corrections > 0, touched: touched.get(`${district}/${year}`) ?? [],
      })
    }
  }
}

function tellRefusal(context: CliContext, { json }: ImportOptions, outcome: Extract<CorrectionOutcome, { ok: false }>): void {
  if (outcome.refused) throw refusal(outcome.refused)
  const { problems } = outcome
  if (json) context.printJson({
    applied: false,
    problems: problems.map((one) => ({ ...one, message: { zh: formatRowProblem(one, 'zh'), en: formatRowProblem(one, 'en') } })),
  })
  else {
    for (const one of problems) context.print(safeText(formatRowProblem(one, context.lang)))
    context.message({ zh: `${problems.length} 处错误，什么都没有更正`, en: `${problems.length} problems: nothing was corrected` })
  }
  context.exitWith(EXIT.usage)
}

function tell(context: CliContext, { json }: ImportOptions, districts: readonly AppliedDistrict[], dry: boolean): void {
  if (json) return context.printJson({ applied: !dry, districts })
  for (const one of districts) {
    const again = one.settled > 0 ? { zh: `，${one.settled} 处早已如此`, en: `, ${one.settled} were so already` } : { zh: '', en: '' }
    context.print(context.t(dry
      ? {
        zh: `${one.district} ${one.year}：可以更正 ${one.cards} 张卡片 ${one.corrections} 处，登记说明 ${one.explanations} 条${again.zh}`,
        en: `${one.district} ${one.year}: ${one.corrections} fields of ${one.cards} cards can be corrected, ${one.explanations} findings explained${again.en}`,
      }
      : {
        zh: `${one.district} ${one.year}：更正 ${one.cards} 张卡片 ${one.corrections} 处，登记说明 ${one.explanations} 条${again.zh}`,
        en: `${one.district} ${one.year}: ${one.corrections} fields of ${one.cards} cards corrected, ${one.explanations} findings explained${again.en}`,
      }))
  }
  if (districts.length === 0) context.message({ zh: '更正表中没有填写任何答复', en: 'the workbooks hold no answers' })
}
