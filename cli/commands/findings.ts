/** `nianjie findings`: what was found. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { withKnownSides } from '../../books/cases/known.ts'
import { type LinkedProblem, withLinkedProblems } from '../../books/problems/links.ts'
import { FINDING_SORTS, type FindingFilter, type ListedFinding, listFindings } from '../../books/read-model/findings.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { FINDING_STATUSES, SEVERITIES } from '../../domain/findings.ts'
import type { CliContext } from '../shared/context.ts'
import {
  districtsOption, jsonOption, knownDistricts, rehearsalOption, stepOption, yearOf, yearOption,
} from '../shared/options.ts'
import { SEVERITY_WORDS, STATUS_WORDS, STEP_SHORT } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface FindingsOptions extends Omit<FindingFilter, 'year' | 'districts'> {
  year?: number; district?: string[]; type?: string; json?: boolean
}

export function registerFindings(program: Command, context: CliContext): void {
  const { t } = context
  program.command('findings')
    .description(t({ zh: '发现的问题', en: 'what was found' }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .addOption(stepOption(context))
    .addOption(new Option('--rule <rule>', t({ zh: '规则，如 R8、PAY_CERT', en: 'rule, such as R8 or PAY_CERT' })))
    .addOption(new Option('--status <status>', t({ zh: '处理状态', en: 'status' })).choices([...FINDING_STATUSES]))
    .addOption(new Option('--severity <severity>', t({ zh: '严重程度', en: 'severity' })).choices([...SEVERITIES]))
    .addOption(new Option(
      '--type <type>', t({ zh: '单据类型，如 PAY_CERT', en: 'type of document, such as PAY_CERT' }),
    ).conflicts('rule'))
    .addOption(new Option('--unit <unit>', t({ zh: '单位', en: 'unit' })))
    .addOption(new Option('--owner <owner>', t({ zh: '责任方，如 bank 或 代理银行', en: 'who is to act, such as bank' })))
    .addOption(new Option('--min-age <days>', t({ zh: '在途至少这么多天', en: 'at least so many days in transit' }))
      .argParser(wholeNumber))
    .addOption(new Option('--min-amount <yuan>', t({ zh: '金额（绝对值）不小于', en: 'amount (absolute) at least' })).argParser(yuanAmount))
    .addOption(new Option('--max-amount <yuan>', t({ zh: '金额（绝对值）不大于', en: 'amount (absolute) at most' })).argParser(yuanAmount))
    .addOption(new Option('--sort <order>', t({ zh: '排序（默认：按规则和单据号）', en: 'order (default: by rule and key)' }))
      .choices([...FINDING_SORTS]))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: FindingsOptions) => printFindings(context, options))
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('应为整数 expected a whole number.')
  return Number(text)
}

function yuanAmount(text: string): bigint {
  try {
    return parseYuan(text)
  } catch {
    throw new InvalidArgumentError('应为金额（元）expected an amount in yuan, such as 1000 or 1,234.50.')
  }
}

async function printFindings(context: CliContext, options: FindingsOptions): Promise<void> {
  const { year: given, district, json, type, ...filter } = options
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const { db } = await context.books()
  const found = await withLinkedProblems(db, await listFindings(db, { ...filter, ...(type && { rule: type }), year, districts }))
  const findings = json ? await withKnownSides(db, year, found) : found
  if (json) return context.printJson(findings)
  if (findings.length === 0) return context.message({ zh: '没有符合条件的问题', en: 'nothing was found that fits' })
  context.print(findingsText(context, findings))
}

function findingsText(
  context: CliContext, findings: readonly (ListedFinding & { problems: readonly LinkedProblem[] })[],
): string {
  const { t, lang } = context
  const titles = lang === 'zh'
    ? ['编号', '区划', '步骤', '规则', '程度', '状态', '金额', '说明']
    : ['Id', 'District', 'Step', 'Rule', 'Severity', 'Status', 'Amount', 'What']
  // Off a terminal nothing is cut; on one a line stays a line.
  const room = context.stdout.isTTY ? Math.max(30, (context.stdout.columns ?? 100) - 84) : undefined
  return table(titles.map((title, index) =>
    ({ title, align: index === 6 ? 'right' as const : 'left' as const, ...(index === 7 && room ? { max: room } : {}) })),
    findings.map((finding) => [
      finding.id, finding.district, t(STEP_SHORT[finding.step]), finding.rule, t(SEVERITY_WORDS[finding.severity]),
      t(STATUS_WORDS[finding.status]),
      finding.amount === null ? '' : displayYuan(parseYuan(finding.amount)),
      [...finding.problems.map(({ id }) => t({ zh: `[问题 ${id}]`, en: `[problem ${id}]` })), t(finding.message)].join(' '),
    ]))
}
