/** Where a district's time went, live: whose minutes they were, by step and by problem; and when it will be done. */
import type { DistrictTime, PartyTime } from '../../../books/service/where-time-went.ts'
import { durationText } from '../../../domain/durations.ts'
import type { DistrictForecast, YearForecast } from '../../../domain/forecast.ts'
import { recordTexts, restsText } from '../../../domain/forecast-words.ts'
import { STEPS, STEP_NAMES } from '../../../domain/steps.ts'
import type { Text } from '../../shared/lang.ts'
import { waitingOnText } from '../../../domain/role-words.ts'
import { dayAndTime } from '../../shared/terms.ts'
import { type Line, cell, paragraph, piece } from '../line.ts'
import type { State } from '../state.ts'
import { sign } from '../theme.ts'
import { namesOf, tell } from './parts.ts'

/** What the screen is drawn from; `time` is null where nothing was started and nothing reported. */
export interface TimeView { time: DistrictTime | null; parties: Readonly<Record<string, Text>> }

const NAME = 24
const SPAN = 15

/** Lines of the screen; the view is undefined until it is read, null where the rules can not be read. */
export function timeLines(state: State, district: string, view: TimeView | null | undefined): Line[] {
  const t = tell(state)
  if (view === null) {
    return [[piece(t({ zh: ' 用时归属的配置有误：见 nianjie time', en: ' The configuration of this is wrong: see nianjie time' }), 'bad')]]
  }
  if (!view?.time) {
    return [[piece(t(view ? { zh: ' 还没有开始', en: ' Nothing was started yet' } : { zh: ' 正在读取', en: ' Reading' }), 'dim')]]
  }
  const { time, parties } = view
  return [
    [piece(t({ zh: ' 时间去向：每一分钟在等谁', en: ' Where the time went: who was waited for' }), 'bold')],
    ...barLines(state, time.byParty, time.total, parties), [],
    [piece(t({ zh: ' 按步骤', en: ' By step' }), 'bold')],
    ...STEPS.map((step) => splitLine(state, STEP_NAMES[step][state.lang], time.bySteps[step], parties)),
    ...problemLines(state, time, parties), [], ...forecastLines(state, district),
  ]
}

function problemLines(state: State, { problems, problemsByParty }: DistrictTime, parties: TimeView['parties']): Line[] {
  if (problems.length === 0) return []
  const open = problems.filter(({ resolved }) => !resolved).length
  const title = tell(state)({
    zh: ` 用户问题 ${problems.length} 个，未解决 ${open}`, en: ` Users' problems: ${problems.length}, ${open} open`,
  })
  return [
    [], [piece(title, 'bold')], ...barLines(state, problemsByParty, sumOf(problemsByParty), parties),
    ...problems.map((one) => splitLine(state, `${one.id} ${one.user}`, one.byParty, parties)),
  ]
}

const sumOf = (times: PartyTime) => Object.values(times).reduce((sum, one) => sum + one, 0)
const partyName = (parties: TimeView['parties'], party: string, lang: State['lang']) => parties[party]?.[lang] ?? party
const words = (seconds: number, lang: State['lang']) => (seconds > 0 ? durationText(seconds * 1000, lang) : '-')

/** A bar for each party that had any, and the whole. */
function barLines(state: State, times: PartyTime, total: number, parties: TimeView['parties']): Line[] {
  const { lang, ascii, size } = state
  const room = Math.max(10, size.columns - NAME - SPAN - 9)
  const bar = (share: number) => sign('bar', ascii).repeat(share > 0 ? Math.max(1, Math.round(share * room)) : 0)
  const order = [...new Set([...Object.keys(parties), ...Object.keys(times)])].filter((party) => (times[party] ?? 0) > 0)
  return [
    ...order.map((party): Line => {
      const share = times[party]! / total
      return [
        cell(` ${partyName(parties, party, lang)}`, NAME), cell(words(times[party]!, lang), SPAN, 'plain', 'right'),
        cell(`${(share * 100).toFixed(1)}%`, 7, 'dim', 'right'), piece(' '),
        piece(bar(share), party === 'engineer' ? 'mine' : 'good'),
      ]
    }),
    [cell(tell(state)({ zh: ' 合计', en: ' Total' }), NAME, 'dim'), cell(words(total, lang), SPAN, 'bold', 'right')],
  ]
}

/** A step or a problem: how long, and whose, the longest first. */
function splitLine({ lang }: State, name: string, times: PartyTime, parties: TimeView['parties']): Line {
  const split = Object.entries(times).toSorted((a, b) => b[1] - a[1])
    .map(([party, time]) => `${partyName(parties, party, lang)} ${words(time, lang)}`)
  const style = split.length > 0 ? 'plain' : 'dim'
  return [
    cell(` ${name}`, NAME, style), cell(words(sumOf(times), lang), SPAN, style, 'right'),
    piece(`  ${split.join(lang === 'zh' ? '，' : ', ')}`, 'dim'),
  ]
}

export const forecastFor = (forecast: YearForecast | null, district: string): DistrictForecast | undefined =>
  forecast?.districts.find((one) => one.district === district)

/** When the district will be done, in one line, or why that can not be said; nothing for one that is done or was not started. */
export function forecastLine(state: State, district: string): Line[] {
  const one = forecastFor(state.data.forecast, district)
  if (!one?.step) return []
  const t = tell(state)
  const head = piece(t({ zh: ' 预计完成：', en: ' Done by: ' }))
  if (!one.median) return [[head, piece(restsOf(state, one), 'dim')]]
  const [median, late] = [dayAndTime(one.median, state.now), dayAndTime(one.late, state.now)]
  return [[
    head, piece(t({ zh: `中位 ${median}，偏晚 ${late}`, en: `median ${median}, late case ${late}` }), 'bold'),
    piece(t({ zh: `（${one.rests} 个区划的用时）`, en: ` (${one.rests === 1 ? '1 district' : `${one.rests} districts`})` }), 'dim'),
  ]]
}

const restsOf = (state: State, one: DistrictForecast) =>
  restsText(one, state.lang, (who) => waitingOnText(who, state.lang, namesOf(state)))

/** The same with all that it rests on, and how far such forecasts could be trusted so far. */
export function forecastLines(state: State, district: string): Line[] {
  const one = forecastFor(state.data.forecast, district)
  if (!one?.step) return []
  const dim = (text: string) => paragraph(text, state.size.columns - 1, 'dim', ' ')
  const rests = one.median ? dim(tell(state)({ zh: `依据：${restsOf(state, one)}`, en: `Rests on ${restsOf(state, one)}` })) : []
  return [...forecastLine(state, district), ...rests, ...recordTexts(state.data.forecast!.trackRecord, state.lang).flatMap(dim)]
}
