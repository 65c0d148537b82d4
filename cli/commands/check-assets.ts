/** `nianjie check-assets`: the asset data health check at any time, without a year-end. */
import type { Command } from 'commander'
import { type AssetCheck, checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { SEVERITIES } from '../../domain/findings.ts'
import { assetProgress } from '../shared/asset-progress.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { SEVERITY_WORDS } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface CheckAssetsOptions { year?: number; district: string[]; json?: boolean }

export function registerCheckAssets(program: Command, context: CliContext): void {
  program.command('check-assets')
    .description(context.t({
      zh: '单独体检已导入的资产数据，不启动年结，不留下任何结果',
      en: 'check the imported asset data on its own, without a year-end, leaving nothing behind',
    }))
    .addOption(districtsOption(context).makeOptionMandatory())
    .addOption(yearOption(context))
    .addOption(jsonOption(context))
    .action((options: CheckAssetsOptions) => printCheck(context, options))
}

/** @throws CliError refused when a district has no input of the year */
async function printCheck(context: CliContext, options: CheckAssetsOptions): Promise<void> {
  const districts = knownDistricts(context, options.district) ?? []
  const year = await yearOf(context, options.year)
  const { db } = await context.books()
  const config = context.config()
  const checks: AssetCheck[] = []
  for (const district of districts) {
    const check = await checkAssetsAlone(db, config, district, year, assetProgress(context, district))
    if (!check) {
      throw refusal({
        code: 'no-input', zh: `${district} 没有 ${year} 年度的导入数据：先用 nianjie import 导入`,
        en: `${district} has no input of ${year}: load it with nianjie import first`,
      })
    }
    checks.push(check)
  }
  if (options.json) context.printJson(checks.length === 1 ? checks[0] : checks)
  else for (const check of checks) printText(context, check)
}

function printText(context: CliContext, { district, year, figures, findings }: AssetCheck): void {
  const { t, lang } = context
  const counts = SEVERITIES.map(
    (severity) => `${t(SEVERITY_WORDS[severity])} ${findings.filter((finding) => finding.severity === severity).length}`,
  ).join('  ')
  context.print(t({
    zh: `${district} ${year} 年度：卡片 ${figures.cards} 张  ${counts}`, en: `${district} ${year}: ${figures.cards} cards  ${counts}`,
  }))
  const families = context.config()['asset-health'].families
  const health = (figures.health as { families: Record<string, { cards: number; sound: number; clean: number }> }).families
  context.print(table(
    (lang === 'zh' ? ['类别', '卡片', '无错误', '无错误和警告'] : ['Family', 'Cards', 'No errors', 'No errors or warnings'])
      .map((title, index) => ({ title, align: index === 0 ? 'left' as const : 'right' as const })),
    Object.entries(health).map(([letter, { cards, sound, clean }]) => [
      `${letter} ${t(families[letter as 'D']!)}`, String(cards), share(sound, cards), share(clean, cards),
    ]),
  ))
  if (findings.length === 0) return
  context.print(table(
    (lang === 'zh' ? ['规则', '程度', '编号', '说明'] : ['Rule', 'Severity', 'Key', 'What']).map((title) => ({ title })),
    findings.map((finding) => [finding.rule, t(SEVERITY_WORDS[finding.severity]), finding.key, t(finding.message)]),
  ))
}

/** A share in per cent with one decimal, rounded down: 100 % only when nothing was found. */
const share = (part: number, whole: number): string =>
  (whole === 0 ? '-' : `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`)
