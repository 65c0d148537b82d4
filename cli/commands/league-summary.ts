/** `nianjie league-summary`: what mirrors between the league and its districts, what does not, and who is waited for. */
import type { Command } from 'commander'
import { type Mirror, type MirrorStanding, leagueSummary } from '../../books/differences/league.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { STEP_NAMES } from '../../domain/steps.ts'
import type { CliContext } from '../shared/context.ts'
import type { Text } from '../shared/lang.ts'
import {
  districtNames, districtsOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption,
} from '../shared/options.ts'
import { DIFFERENCE_STATE_WORDS, localTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface SummaryOptions { year?: number; district?: string[]; rehearsal?: boolean; json?: boolean }

export function registerLeagueSummary(program: Command, context: CliContext): void {
  const { t } = context
  program.command('league-summary')
    .description(t({
      zh: '全盟汇总：上下级往来哪些相符、哪些不符、等待谁', en: 'league summary: what mirrors between the levels, what does not, who is waited for',
    }))
    .addOption(yearOption(context))
    .addOption(districtsOption(context))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: SummaryOptions) => printSummary(context, options))
}

async function printSummary(context: CliContext, { year: given, district, rehearsal, json }: SummaryOptions): Promise<void> {
  const districts = knownDistricts(context, district)
  const year = await yearOf(context, given)
  const { reconciliations, districts: { league } } = context.config()
  const mirrors = await leagueSummary((await context.books()).db, { year, districts, rehearsal }, { reconciliations, league })
  if (json) return context.printJson(mirrors)
  if (mirrors.length === 0) {
    return context.message({
      zh: `${year} 年没有盟本级的数据，或没有定义上下级对账`,
      en: `there is no input of the league for ${year}, or no reconciliation between the levels`,
    })
  }
  context.print(summaryText(context, mirrors))
}

const STANDINGS: Record<MirrorStanding, Text> = {
  compared: { zh: '已核对', en: 'compared' }, waits: { zh: '等待盟本级', en: 'waits for the league' },
  'not-there': { zh: '未到对账', en: 'not there yet' },
  'no-league': { zh: '盟本级未参加', en: 'the league takes no part' }, 'no-run': { zh: '年结未开始', en: 'not started' },
}

function summaryText(context: CliContext, mirrors: readonly Mirror[]): string {
  const { t } = context
  const names = districtNames(context)
  const money = (yuan: string) => displayYuan(parseYuan(yuan))
  const titles: [Text, 'left' | 'right'][] = [
    [{ zh: '区划', en: 'District' }, 'left'], [{ zh: '对账', en: 'Rule' }, 'left'], [{ zh: '资金', en: 'Fund' }, 'left'],
    [{ zh: '盟本级', en: 'League books' }, 'right'],
    [{ zh: '旗县', en: 'Its own books' }, 'right'], [{ zh: '差额', en: 'Difference' }, 'right'], [{ zh: '结果', en: 'Result' }, 'left'],
    [{ zh: '进展', en: 'Standing' }, 'left'],
  ]
  const rows = mirrors.flatMap((mirror) => {
    const name = names.get(mirror.district)
    const standing = [
      t(STANDINGS[mirror.standing]), mirror.step === null ? '' : t(STEP_NAMES[mirror.step]),
      mirror.since === null ? '' : t({ zh: `自 ${localTime(mirror.since)}`, en: `since ${localTime(mirror.since)}` }),
    ]
    return (mirror.rows.length > 0 ? mirror.rows : [null]).map((row) => [
      `${mirror.district} ${name ? t(name) : ''}`, mirror.reconciliation, row?.key ?? '', row ? money(row.league) : '',
      row ? money(row.district) : '', row && !row.mirrors ? money(row.difference) : '',
      !row ? t({ zh: '双方均无', en: 'nothing on either side' }) : row.mirrors ? t({ zh: '相符', en: 'mirrors' }) : row.finding ? t(
        DIFFERENCE_STATE_WORDS[row.finding.state as keyof typeof DIFFERENCE_STATE_WORDS],
      ) : t({
        zh: '不符', en: 'does not mirror',
      }),
      standing.filter(Boolean).join(' '),
    ])
  })
  const apart = mirrors.flatMap(({ rows: own }) => own).filter((row) => !row.mirrors).length
  const waiting = mirrors.filter(({ standing }) => standing !== 'compared').length
  return [table(titles.map(([title, align]) => ({ title: t(title), align })), rows), '', t({
    zh: `${apart} 项不符；${waiting} 个区划尚未核对`,
    en: `${apart} do not mirror; ${waiting} ${waiting === 1 ? 'district is' : 'districts are'} not compared yet`,
  })].join('\n')
}
