/** `nianjie findings`: what was found. */
import { type Command, Option } from 'commander'
import { type FindingFilter, type ListedFinding, listFindings } from '../../books/read-model/findings.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { FINDING_STATUSES, SEVERITIES } from '../../domain/findings.ts'
import type { CliContext } from '../shared/context.ts'
import { districtsOption, jsonOption, knownDistricts, stepOption, yearOf, yearOption } from '../shared/options.ts'
import { SEVERITY_WORDS, STATUS_WORDS, STEP_SHORT } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface FindingsOptions extends Omit<FindingFilter, 'year' | 'districts'> { year?: number; district?: string[]; json?: boolean }

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
    .addOption(new Option('--rehearsal', t({ zh: '看演练', en: 'look at the rehearsal' })))
    .addOption(jsonOption(context))
    .action((options: FindingsOptions) => printFindings(context, options))
}

async function printFindings(context: CliContext, options: FindingsOptions): Promise<void> {
  const { year: given, district, json, ...filter } = options
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const findings = await listFindings((await context.books()).db, { ...filter, year, districts })
  if (json) return context.printJson(findings)
  if (findings.length === 0) return context.message({ zh: '没有符合条件的问题', en: 'nothing was found that fits' })
  context.print(findingsText(context, findings))
}

function findingsText(context: CliContext, findings: readonly ListedFinding[]): string {
  const { t, lang } = context
  const titles = lang === 'zh'
    ? ['编号', '区划', '步骤', '规则', '程度', '状态', '金额', '说明']
    : ['Id', 'District', 'Step', 'Rule', 'Severity', 'Status', 'Amount', 'What']
  // Off a terminal nothing is cut; on one a line stays a line.
  const room = context.stdout.isTTY ? Math.max(30, (context.stdout.columns ?? 100) - 84) : undefined
  return table(titles.map((title, index) => ({ title, align: index === 6 ? 'right' as const : 'left' as const, ...(index === 7 && room ? { max: room } : {}) })),
    findings.map((finding) => [
      finding.id, finding.district, t(STEP_SHORT[finding.step]), finding.rule, t(SEVERITY_WORDS[finding.severity]), t(STATUS_WORDS[finding.status]),
      finding.amount === null ? '' : displayYuan(parseYuan(finding.amount)), t(finding.message),
    ]))
}
