/** `nianjie time`: whose minutes a year-end took. `nianjie forecast`: when each district will be done. */
import { type Command, Option } from 'commander'
import { type DistrictForecast, type Experience, type YearForecast, readForecast } from '../../books/service/forecast.ts'
import { readAttribution } from '../../books/service/timelines.ts'
import { loadAttribution } from '../../config/attribution.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { durationText } from '../../domain/durations.ts'
import type { CliContext } from '../shared/context.ts'
import type { Lang } from '../shared/lang.ts'
import { districtNames, districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { STEP_SHORT, waitingOnText } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface Flags { year?: number; district?: string[]; rehearsal?: boolean; json?: boolean }

export function registerTime(program: Command, context: CliContext): void {
  const { t } = context
  const shared = (command: Command) => command.addOption(yearOption(context)).addOption(districtsOption(context))
    .addOption(new Option('--rehearsal', t({ zh: '看演练', en: 'look at the rehearsal' }))).addOption(jsonOption(context))
  shared(program.command('time').description(t({ zh: '年结用时归属：每一分钟在等谁', en: 'whose minutes the year-end took, by district and step' })))
    .action((flags: Flags) => showTime(context, flags))
  shared(program.command('forecast').description(t({ zh: '各区划预计完成时间（中位与偏晚）', en: 'when each district will be done: median and late case' })))
    .action((flags: Flags) => showForecast(context, flags))
}

async function lookOf(context: CliContext, flags: Flags) {
  return { year: await yearOf(context, flags.year), rehearsal: flags.rehearsal, districts: knownDistricts(context, flags.district) }
}

async function showTime(context: CliContext, flags: Flags): Promise<void> {
  const rules = loadAttribution(overlayFolder(context.env))
  const look = await lookOf(context, flags)
  const runs = await readAttribution((await context.books()).db, look, rules, context.now())
  if (flags.json) {
    const plain = (sums: ReadonlyMap<string, number>) => Object.fromEntries([...sums].map(([party, ms]) => [party, seconds(ms)]))
    context.printJson({
      year: look.year, unit: 'seconds', districts: runs.map(({ district, total, byParty, bySteps }) => ({
        district, total: seconds(total), byParty: plain(byParty), bySteps: Object.fromEntries([...bySteps].map(([step, sums]) => [step, plain(sums)])),
      })),
    })
    return
  }
  const parties = Object.keys(rules.parties)
  context.print(table(
    [{ title: context.t({ zh: '区划', en: 'District' }) }, ...parties.map((party) => ({ title: rules.parties[party]![context.lang], align: 'right' as const })),
      { title: context.t({ zh: '合计', en: 'Total' }), align: 'right' }],
    runs.map(({ district, total, byParty }) => [
      `${district} ${districtNames(context).get(district)?.[context.lang] ?? ''}`, ...parties.map((party) => durationText(byParty.get(party) ?? null, context.lang)), durationText(total, context.lang),
    ])))
}

const seconds = (ms: number) => Math.round(ms) / 1000

async function showForecast(context: CliContext, flags: Flags): Promise<void> {
  const look = await lookOf(context, flags)
  const found = await readForecast((await context.books()).db, look, loadAttribution(overlayFolder(context.env)), context.now())
  if (flags.json) return context.printJson(found)
  const { t, lang } = context
  const names = districtNames(context)
  context.print([
    table([{ title: t({ zh: '区划', en: 'District' }) }, { title: t({ zh: '现在', en: 'Now at' }) }, { title: t({ zh: '中位', en: 'Median' }) },
      { title: t({ zh: '偏晚', en: 'Late case' }) }, { title: t({ zh: '依据', en: 'Rests on' }) }],
    found.districts.map((one) => [`${one.district} ${names.get(one.district)?.[lang] ?? ''}`, one.step ? STEP_SHORT[one.step][lang] : t({ zh: '已完成', en: 'done' }),
      clock(one.median), clock(one.late), restsText(one, lang)])),
    '', ...recordText(found, lang),
  ].join('\n'))
}

const clock = (iso: string | null) => (iso ? new Date(iso).toLocaleString('sv-SE').slice(5, 16) : '')

function restsText({ step, median, rests, from, queue }: DistrictForecast, lang: Lang): string {
  if (!step) return ''
  const place = queue ? (lang === 'zh' ? `；等${waitingOnText(queue.for, 'zh', new Map())}，排第 ${queue.place}` : `; waits for ${waitingOnText(queue.for, 'en', new Map())}, place ${queue.place}`) : ''
  if (!median) return (lang === 'zh' ? '后面的步骤还没有区划走过' : 'nobody is through the coming steps yet') + place
  const word = EXPERIENCE_WORDS[from!][lang]
  return (lang === 'zh' ? `${rests} 个区划的用时${word}` : `the times of ${rests} ${rests === 1 ? 'district' : 'districts'}${word}`) + place
}

const EXPERIENCE_WORDS: Record<Experience, { zh: string; en: string }> = {
  'this-year-end': { zh: '', en: '' }, 'earlier-year-ends': { zh: '（含往年）', en: ', earlier year-ends too' },
  rehearsal: { zh: '（演练，不含等人）', en: ' of the rehearsal, which waits for nobody' },
}

/** How far such forecasts could be trusted so far. */
export function recordText({ trackRecord }: YearForecast, lang: Lang): string[] {
  return trackRecord.map(({ kind, forecasts, byLate, byMedian }) => {
    const share = (count: number) => `${Math.round((count * 100) / forecasts)}%`
    return lang === 'zh'
      ? `${kind === 'rehearsal' ? '演练' : '已完成的年结'}中回看 ${forecasts} 次预测：${share(byLate)} 在偏晚时间前完成，${share(byMedian)} 在中位时间前完成`
      : `${forecasts} forecasts looked back on in ${kind === 'rehearsal' ? 'rehearsals' : 'year-ends that are over'}: ${share(byLate)} were done by the late case, ${share(byMedian)} by the median`
  })
}

