/** `nianjie matches`: which lines and rows of a line-by-line reconciliation belong together, and by which pass. */
import { type Command, Option } from 'commander'
import { pinnedConfig } from '../../activities/deps.ts'
import { listMatches, type Match, type Matches, type MatchPass, type MatchState } from '../../books/read-model/matches.ts'
import { latestRuns, type Run } from '../../books/runs.ts'
import type { LinesReconciliation } from '../../config/schemas/reconciliations.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { districtOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption } from '../shared/options.ts'
import { table } from '../shared/width.ts'

interface Flags {
  district: string; reconciliation: string; year?: number; rehearsal?: boolean; pass?: MatchPass; state?: MatchState
  limit?: number; json?: boolean
}

const PASSES: Record<MatchPass, Text> = {
  reference: { zh: '流水号', en: 'reference' }, date: { zh: '日期与金额', en: 'day and amount' },
  'n:1': { zh: '多对一', en: 'n lines to 1 row' },
  '1:n': { zh: '一对多', en: '1 line to n rows' }, 'n:m': { zh: '多对多', en: 'n lines to m rows' },
}
const STATES: Record<MatchState, Text> = {
  matched: { zh: '已匹配', en: 'matched' }, suggested: { zh: '建议', en: 'suggested' }, ambiguous: { zh: '待判断', en: 'ambiguous' },
}
/** Without --limit or --json; the counts are over all. */
const SHOWN = 50

export function registerMatches(program: Command, context: CliContext): void {
  const { t } = context
  program.command('matches')
    .description(t({
      zh: '逐笔对账的匹配结果：每组由哪一遍匹配，以及未确定的候选',
      en: 'matches of a line-by-line reconciliation, each with its pass, and candidates that nobody decided',
    }))
    .addOption(districtOption(context))
    .option('--reconciliation <number>', t({ zh: '对账编号', en: 'number of the reconciliation' }), 'R7')
    .addOption(yearOption(context))
    .addOption(rehearsalOption(context))
    .addOption(new Option('--pass <pass>', t({ zh: '只看这一遍', en: 'only of this pass' })).choices(Object.keys(PASSES)))
    .addOption(new Option('--state <state>', t({ zh: '只看这种', en: 'only of this kind' })).choices(Object.keys(STATES)))
    .option('--limit <n>', t({
      zh: `至多几组（默认 ${SHOWN}；--json 不限）`, en: `at most so many (default ${SHOWN}; all with --json)`,
    }), Number)
    .addOption(jsonOption(context))
    .action((flags: Flags) => showMatches(context, flags))
}

async function showMatches(context: CliContext, flags: Flags): Promise<void> {
  const [district] = knownDistricts(context, [flags.district])!
  const year = await yearOf(context, flags.year)
  const { db } = await context.books()
  const run = await runOf(context, { district: district!, year, rehearsal: flags.rehearsal ?? false })
  const { reconciliations } = (await pinnedConfig(db, run.rulesDigest)).reconciliations
  const reconciliation = Object.hasOwn(reconciliations, flags.reconciliation) ? reconciliations[flags.reconciliation] : undefined
  if (reconciliation?.method !== 'lines') {
    const lines = Object.entries(reconciliations).flatMap(([number, { method }]) => (method === 'lines' ? [number] : []))
      .join(' ')
    throw usageError({
      zh: `${flags.reconciliation} 不是逐笔对账；逐笔对账有 ${lines}`,
      en: `${flags.reconciliation} is not matched line by line; these are: ${lines}`,
    })
  }
  const limit = flags.limit ?? (flags.json ? undefined : SHOWN)
  const matches = await listMatches(db, run, flags.reconciliation, reconciliation satisfies LinesReconciliation, {
    ...(flags.pass ? { pass: flags.pass } : {}), ...(flags.state ? { state: flags.state } : {}), ...(limit ? { limit } : {}),
  })
  if (flags.json) context.printJson({ district, year, reconciliation: flags.reconciliation, ...matches })
  else context.print(textOf(context, matches))
}

/** The run that screens show: the latest real one, or the latest rehearsal where there was never a real one. */
async function runOf(
  context: CliContext, { district, year, rehearsal }: { district: string; year: number; rehearsal: boolean },
): Promise<Run> {
  const { db } = await context.books()
  for (const kind of rehearsal ? ['rehearsal'] as const : ['real', 'rehearsal'] as const) {
    const run = (await latestRuns(db, kind, year)).find((one) => one.district === district)
    if (run) return run
  }
  throw refusal({
    code: 'no-run', zh: `${district} ${year} 年度还没有开始年结`, en: `the year-end of ${year} has not been started in ${district}`,
  })
}

function textOf(context: CliContext, { current, counts, matches }: Matches): string {
  const { t, lang } = context
  const right = (title: string) => ({ title, align: 'right' as const })
  const zh = lang === 'zh'
  const summary = table(zh ? [{ title: '方式' }, { title: '结果' }, right('组'), right('笔')] : [{ title: 'Pass' }, { title: 'Result' }, right('Matches'), right('Rows')],
    counts.map((one) => [t(PASSES[one.pass]), t(STATES[one.state]), String(one.matches), String(one.members)]))
  const list = table(zh ? [right('组'), { title: '方式' }, { title: '结果' }, { title: '方' }, { title: '日期' }, { title: '凭证 / 流水' }, right('金额'), { title: '文件' }]
    : [
      right('No'), { title: 'Pass' }, { title: 'Result' }, { title: 'Side' }, { title: 'Day' }, { title: 'Entry / reference' },
      right('Amount'), { title: 'File' },
    ],
  matches.flatMap((match) => match.members.map((member, index) => [...headOf(context, match, index), member.side.toUpperCase(), member.date ?? '', member.key,
    displayYuan(parseYuan(member.amount)), member.file === null ? '' : `${member.file}:${member.line}`])))
  const total = counts.reduce((sum, one) => sum + one.matches, 0)
  return [
    ...(current ? [] : [t({
      zh: '数据在最近一次对账之后有变动（或尚未对账）：流水号匹配待重新对账后列出',
      en: 'the input changed after the last check, or nothing was checked yet: matches by reference are listed after a recheck',
    }), '']),
    summary, '', list, ...(matches.length < total ? [
      t({ zh: `……共 ${total} 组，用 --limit 或 --json 看全部`, en: `… of ${total}; see all with --limit or --json` }),
    ] : []),
  ].join('\n')
}

const headOf = ({ t }: CliContext, { match, pass, state, rivals }: Match, index: number): string[] =>
  (index === 0 ? [
    String(match), t(PASSES[pass]),
    `${t(STATES[state])}${rivals > 0 ? t({ zh: `（另有 ${rivals} 笔同额）`, en: ` (${rivals} alike)` }) : ''}`,
  ] : ['', '', ''])
