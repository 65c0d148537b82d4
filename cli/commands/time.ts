/** `nianjie time`: whose minutes a year-end took. `nianjie forecast`: when each district will be done. */
import type { Command } from 'commander'
import { readForecast } from '../../books/service/forecast.ts'
import { type DistrictTime, type PartyTime, readDistrictTimes } from '../../books/service/where-time-went.ts'
import { loadAttribution, loadPartyNames } from '../../config/attribution.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { durationText } from '../../domain/durations.ts'
import { recordTexts, restsText } from '../../domain/forecast-words.ts'
import { STEPS, STEP_NAMES } from '../../domain/steps.ts'
import type { CliContext } from '../shared/context.ts'
import type { Text } from '../shared/lang.ts'
import {
  districtNames, districtsOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption,
} from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { waitingOnText } from '../../domain/role-words.ts'
import { STEP_SHORT, dayAndTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface Flags { year?: number; district?: string[]; rehearsal?: boolean; json?: boolean }

export function registerTime(program: Command, context: CliContext): void {
  const { t } = context
  const shared = (command: Command) => command.addOption(yearOption(context)).addOption(districtsOption(context))
    .addOption(rehearsalOption(context)).addOption(jsonOption(context))
  shared(program.command('time').description(t({
    zh: '年结用时归属：每一分钟在等谁', en: 'whose minutes the year-end took, by district; of one district by step and problem',
  })))
    .action((flags: Flags) => showTime(context, flags))
  shared(program.command('forecast')
    .description(t({ zh: '各区划预计完成时间（中位与偏晚）', en: 'when each district will be done: median and late case' })))
    .action((flags: Flags) => showForecast(context, flags))
}

async function lookOf(context: CliContext, flags: Flags) {
  return {
    year: await yearOf(context, flags.year), rehearsal: flags.rehearsal, districts: knownDistricts(context, flags.district),
  }
}

async function showTime(context: CliContext, flags: Flags): Promise<void> {
  const overlay = overlayFolder(context.env)
  const [rules, names] = [loadAttribution(overlay), loadPartyNames(overlay)]
  const look = await lookOf(context, flags)
  const districts = await readDistrictTimes((await context.books()).db, look, rules, context.now())
  if (flags.json) return context.printJson({ year: look.year, unit: 'seconds', districts })
  const { t, lang } = context
  const of = (code: string) => `${code} ${districtNames(context).get(code)?.[lang] ?? ''}`
  const whole = timeTable(
    context, t({ zh: '区划', en: 'District' }), names,
    districts.map((one) => ({ name: of(one.district), byParty: one.byParty, total: one.total })),
  )
  context.print([
    whole,
    ...(flags.district?.length ? districts.flatMap((one) => ['', of(one.district), '', ...detailsOf(context, names, one)]) : []),
  ].join('\n'))
}

/** Of one district: by step, then by problem. */
function detailsOf(
  context: CliContext, names: Readonly<Record<string, Text>>, { bySteps, problems, problemsByParty }: DistrictTime,
): string[] {
  const { t, lang } = context
  const row = (name: string, byParty: PartyTime) =>
    ({ name, byParty, total: Object.values(byParty).reduce((sum, time) => sum + time, 0) })
  const steps = timeTable(
    context, t({ zh: '步骤', en: 'Step' }), names, STEPS.map((step) => row(STEP_NAMES[step][lang], bySteps[step])),
  )
  if (problems.length === 0) return [steps]
  return [steps, '', timeTable(context, t({ zh: '用户问题', en: 'Problem' }), names, [
    ...problems.map(({ id, user, byParty }) => row(safeText(`${id} ${user}`), byParty)),
    row(t({ zh: '合计', en: 'Total' }), problemsByParty),
  ])]
}

/** Rows by party, the parties that no row has left out. */
function timeTable(
  { t, lang }: CliContext, title: string, names: Readonly<Record<string, Text>>,
  rows: readonly { name: string; byParty: PartyTime; total: number }[],
): string {
  const there = new Set(rows.flatMap(({ byParty }) => Object.keys(byParty)))
  const parties = [...new Set([...Object.keys(names), ...there])].filter((party) => there.has(party))
  const words = (seconds: number | undefined) => (seconds ? durationText(seconds * 1000, lang) : '')
  return table(
    [
      { title }, ...parties.map((party) => ({ title: names[party]?.[lang] ?? party, align: 'right' as const })),
      { title: t({ zh: '合计', en: 'Total' }), align: 'right' },
    ],
    rows.map(({ name, byParty, total }) => [name, ...parties.map((party) => words(byParty[party])), words(total)]))
}

async function showForecast(context: CliContext, flags: Flags): Promise<void> {
  const look = await lookOf(context, flags)
  const found = await readForecast((await context.books()).db, look, loadAttribution(overlayFolder(context.env)), context.now())
  if (flags.json) return context.printJson(found)
  const { t, lang } = context
  const names = districtNames(context)
  context.print([
    table([
      { title: t({ zh: '区划', en: 'District' }) }, { title: t({ zh: '现在', en: 'Now at' }) },
      { title: t({ zh: '中位', en: 'Median' }) }, { title: t({ zh: '偏晚', en: 'Late case' }) },
      { title: t({ zh: '依据', en: 'Rests on' }) },
    ], found.districts.map((one) => [
      `${one.district} ${names.get(one.district)?.[lang] ?? ''}`,
      one.step ? STEP_SHORT[one.step][lang] : t({ zh: '已完成', en: 'done' }),
      dayAndTime(one.median, context.now()), dayAndTime(one.late, context.now()),
      restsText(one, lang, (who) => waitingOnText(who, lang, names)),
    ])),
    '', ...recordTexts(found.trackRecord, lang),
  ].join('\n'))
}
