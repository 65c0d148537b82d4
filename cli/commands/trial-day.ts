/**
 * `nianjie trial-day`: one test document of each class through the rules of the new year, at any time, leaving nothing behind.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { NewYear } from '../../books/read-model/new-year.ts'
import { type StoredTrial, asShown, runTrialDay } from '../../books/steps/initialise/trial/index.ts'
import { CHECK_NAMES, CHECK_ORDER, TRIAL_CHECKS } from '../../config/schemas/trial-day.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { TRIAL_WORDS } from '../shared/new-year.ts'
import { districtNames } from '../shared/options.ts'
import { table } from '../shared/width.ts'
import { EXIT } from '../shared/exit.ts'
import { type NewYearOptions, newYearOf, withNewYear } from '../shared/new-year-of.ts'

interface TrialOptions extends NewYearOptions { date?: string; detail?: boolean }

export function registerTrialDay(program: Command, context: CliContext): void {
  const { t } = context
  withNewYear(context, program.command('trial-day')
    .description(t({
      zh: '新年度试运行：每类单据各一张走一遍新年度规则，随即全部回退',
      en: 'try the new year: one test document of each class through its rules, all rolled back',
    })))
    .addOption(new Option('--date <day>', t({ zh: '试运行日（默认按配置）', en: 'day of the trial (default: the configured one)' }))
      .argParser(parseDay))
    .option('--detail', t({ zh: '逐项列出每张单据的检查', en: 'every check of every document in words' }))
    .action((options: TrialOptions) => trial(context, options))
}

function parseDay(text: string): string {
  const at = new Date(`${text}T00:00:00Z`)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)) return text
  throw new InvalidArgumentError('应为日期 expected a day such as 2026-01-05.')
}

/** Ends with 1 when a document did not pass. */
async function trial(context: CliContext, options: TrialOptions): Promise<void> {
  const year = await newYearOf(context, options, true)
  const config = context.config()
  const day = options.date ?? `${year.year + 1}-${config['trial-day'].day}`
  const { db } = await context.books()
  const documents = asShown(await db.transaction().execute((trx) => runTrialDay(trx, { ...year, day, config })))
  if (documents.some((one) => one.result === 'failed')) context.exitWith(EXIT.failed)
  if (options.json) return context.printJson({ district: year.district, year: year.year, newYear: year.year + 1, day, documents })
  context.print(trialText(context, year, day, documents, options.detail === true))
}

function trialText(
  context: CliContext, { district }: NewYear, day: string, documents: readonly StoredTrial[], detail: boolean,
): string {
  const { t } = context
  const count = (result: StoredTrial['result']) => documents.filter((one) => one.result === result).length
  const name = districtNames(context).get(district)
  const sums = t({
    zh: `通过 ${count('passed')}，未通过 ${count('failed')}，未试 ${count('not-tried')}`,
    en: `${count('passed')} passed, ${count('failed')} failed, ${count('not-tried')} not tried`,
  })
  const tried = documents.filter((one) => one.number !== null || one.checks.length > 1)
  const rest = documents.filter((one) => !tried.includes(one)).map((one) => one.class)
  return [
    `${district} ${name ? t(name) : ''} ${t({ zh: '试运行', en: 'trial day' })} ${day}  ${sums}`, '',
    ...(detail ? [detailTable(context, tried)] : [matrix(context, tried), ...reasons(context, tried)]),
    ...(rest.length > 0 ? [
      '', t({ zh: `未试（没有单号规则）：${rest.join(' ')}`, en: `not tried (no number rule): ${rest.join(' ')}` }),
    ] : []),
  ].join('\n')
}

const MARKS: Record<StoredTrial['result'], string> = { passed: '✓', failed: '✗', 'not-tried': '-' }

/** A line for each document, a column for each check. */
function matrix(context: CliContext, documents: readonly StoredTrial[]): string {
  const { t, lang } = context
  const types = context.config().documents.types
  const titles = lang === 'zh'
    ? ['单据', '名称', '首号', '单位', '指标', '金额']
    : ['Class', 'Name', 'First number', 'Unit', 'Indicator', 'Amount']
  return table([...titles.map((title, index) =>
    ({ title, align: index === 5 ? 'right' as const : 'left' as const })), ...CHECK_ORDER.map((check) => ({
      title: `${TRIAL_CHECKS[check]} ${t(CHECK_NAMES[check])}`,
    }))],
    documents.map((one) => [one.class, t(types[one.class]?.name ?? { zh: '', en: '' }), one.number ?? '', one.unit ?? '', one.indicator ?? '', displayYuan(parseYuan(one.amount)),
      ...CHECK_ORDER.map((check) => MARKS[one.checks.find((own) => own.check === check)?.result ?? 'not-tried'])]))
}

/** What did not pass, each reason once with the classes that it concerns; what failed first. */
function reasons({ t, lang }: CliContext, documents: readonly StoredTrial[]): string[] {
  const said = documents.flatMap((one) => one.checks.filter((check) => check.result !== 'passed')
    .map((check) => ({ ...check, class: one.class })))
  const rows = [...Map.groupBy(said, (one) => `${one.rule} ${t(one)}`).values()].toSorted(
    (one, other) => Number(other[0]!.result === 'failed') - Number(one[0]!.result === 'failed'),
  )
  if (rows.length === 0) return []
  return ['', table((lang === 'zh' ? ['规则', '结果', '说明', '单据'] : ['Rule', 'Result', 'What', 'Classes'])
    .map((title) => ({ title })),
    rows.map((own) => [own[0]!.rule, t(TRIAL_WORDS[own[0]!.result]), t(own[0]!), own.map((one) => one.class).join(' ')]))]
}

function detailTable(context: CliContext, documents: readonly StoredTrial[]): string {
  const { t, lang } = context
  const rows = documents.flatMap((one) => one.checks.map((check, index) => [
    index === 0 ? one.class : '', check.rule, t(CHECK_NAMES[check.check]), t(TRIAL_WORDS[check.result]), t(check),
  ]))
  return table(
    (lang === 'zh' ? ['单据', '规则', '检查', '结果', '说明'] : ['Class', 'Rule', 'Check', 'Result', 'What']).map((title) => ({ title })),
    rows,
  )
}
