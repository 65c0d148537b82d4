/** The status as plain lines: what a pipe, a log or a printer gets. */
import type { DistrictStatus, Status, StepStatus } from '../../books/read-model/status.ts'
import { recordTexts, restsText } from '../../domain/forecast-words.ts'
import { STEPS } from '../../domain/steps.ts'
import type { Lang, Text } from './lang.ts'
import { waitingOnText } from '../../domain/role-words.ts'
import { RUN_STATE_WORDS, STATE_LOOKS, STEP_SHORT, UNDO_SHORT, dayAndTime, timeLeft } from './terms.ts'
import { clockText } from './problem-terms.ts'
import { safeText } from './safe-text.ts'
import { table } from './width.ts'

export interface StatusTextOptions { lang: Lang; ascii: boolean; now: Date }

/** A table of districts by steps, then what waits, most urgent first. */
export function statusText(status: Status, options: StatusTextOptions): string {
  const { lang } = options
  const t = (text: Text) => text[lang]
  const names = new Map(status.districts.map((district) => [district.code, { zh: district.name, en: district.nameEn }]))
  const title = t({
    zh: `${status.year} 年度  ${RUN_STATE_WORDS[status.state].zh}  ${status.districts.length} 个区划`,
    en: `Year ${status.year}  ${RUN_STATE_WORDS[status.state].en}  ${status.districts.length} districts`,
  })
  const matrix = table(
    [{ title: t({ zh: '区划', en: 'Code' }) }, { title: t({ zh: '名称', en: 'Name' }) }, { title: t({ zh: '状态', en: 'State' }) },
      { title: '%', align: 'right' }, ...STEPS.map((step) => ({ title: t(STEP_SHORT[step]) }))],
    status.districts.map((district) => [
      district.code, names.get(district.code)![lang], runText(district, lang), String(district.percent),
      ...district.steps.map((step) => stepText(step, options)),
    ]))
  const waits = waitLines(status, options, names)
  return [
    title, '', matrix, ...reasonLines(status, options, names), ...openingLines(status, options),
    ...confirmationLines(status, options), ...problemLines(status, options),
    ...forecastLines(status, options, names), ...(waits ? ['', waits] : []),
  ].join('\n')
}

/** Confirmations of the reconciliations, where somebody gave one, one fell, or the approval waits for them. */
function confirmationLines({ districts }: Status, { lang }: StatusTextOptions): string[] {
  const lines = districts.flatMap(({ code, confirmations: counts }) => {
    if (!counts || counts.confirmed + counts.fallen + counts.lacking === 0) return []
    const { asked, confirmed, fallen, lacking } = counts
    return [lang === 'zh' ? `对账确认 ${code}：${confirmed}/${asked}${fallen > 0 ? `，失效 ${fallen}` : ''}${lacking > 0 ? `，审批前还缺 ${lacking}` : ''}`
      : `Confirmations ${code}: ${confirmed}/${asked}${fallen > 0 ? `, ${fallen} fallen` : ''}${lacking > 0 ? `, ${lacking} missing before the approval` : ''}`]
  })
  return lines.length > 0 ? ['', ...lines] : []
}

/** Users' problems that are not resolved, and how long the most urgent of each district has. */
function problemLines({ districts }: Status, { lang, now }: StatusTextOptions): string[] {
  const lines = districts.flatMap(({ code, problems }) => {
    if (!problems) return []
    const left = problems.nextDue === null ? '' : clockText(Date.parse(problems.nextDue) - now.getTime())
    return [lang === 'zh' ? `用户问题 ${code}：未解决 ${problems.open}${problems.breached > 0 ? `，违约 ${problems.breached}` : ''}${left && `，最急剩余 ${left}`}`
      : `Problems ${code}: ${problems.open} open${problems.breached > 0 ? `, ${problems.breached} in breach` : ''}${left && `, the most urgent has ${left}`}`]
  })
  return lines.length > 0 ? ['', ...lines] : []
}

/** When each district that is under way will be done, what that rests on, and how often it was right. */
function forecastLines(
  { districts, trackRecord = [] }: Status, { lang, now }: StatusTextOptions, names: ReadonlyMap<string, Text>,
): string[] {
  const nameOf = (waitingOn: string) => waitingOnText(waitingOn, lang, names)
  const rows = districts.flatMap(({ code, forecast: one }) => (one?.median
    ? [[code, names.get(code)![lang], ...[one.median, one.late].map((at) => dayAndTime(at, now)), restsText(one, lang, nameOf)]]
    : []))
  if (rows.length === 0) return []
  const titles = lang === 'zh' ? ['预计完成', '名称', '中位', '偏晚', '依据'] : ['Done by', 'Name', 'Median', 'Late case', 'Rests on']
  return ['', table(titles.map((title) => ({ title })), rows), ...recordTexts(trackRecord, lang)]
}

/** Which districts' openings of the new year are final, and which may still change. */
function openingLines(status: Status, { lang }: StatusTextOptions): string[] {
  const of = (state: 'final' | 'provisional') =>
    status.districts.filter((district) => district.openings === state).map((district) => district.code)
  const parts = ([
    ['final', { zh: '正式', en: 'final' }], ['provisional', { zh: '暂估（旧年度未签署归档）', en: 'provisional (old year not signed off)' }],
  ] as const)
    .flatMap(([state, word]) => (of(state).length > 0 ? [`${word[lang]} ${of(state).length}: ${of(state).join(' ')}`] : []))
  return parts.length > 0
    ? ['', `${lang === 'zh' ? `${status.year + 1} 年期初` : `Openings of ${status.year + 1}`}  ${parts.join('  ')}`]
    : []
}

/** Why steps failed or were sent back, a line for each. */
function reasonLines(status: Status, options: StatusTextOptions, names: ReadonlyMap<string, Text>): string[] {
  const { lang } = options
  const lines = status.districts.flatMap((district) => district.steps.filter((step) => step.failure && step.state !== 'cancelled')
    .map(
      (step) =>
        `${district.code} ${names.get(district.code)![lang]}  ${STEP_SHORT[step.step][lang]}  ${stepText(step, options)}: ${safeText(step.failure![lang])}`,
    ))
  return lines.length > 0 ? ['', ...lines] : []
}

function runText(district: DistrictStatus, lang: Lang): string {
  const word = RUN_STATE_WORDS[district.state][lang]
  if (district.kind !== 'rehearsal') return word
  return lang === 'zh' ? `演练 ${word}` : `rehearsal ${word}`
}

/** `⊘ 受阻 2`: glyph, word, findings that are open; what is approved has only notes left. */
function stepText(step: StepStatus, options: Pick<StatusTextOptions, 'lang' | 'ascii'>): string {
  const look = STATE_LOOKS[step.state]
  const open = step.findings.open > 0 && step.state !== 'approved' ? ` ${step.findings.open}` : ''
  return `${options.ascii ? look.ascii : look.glyph} ${look.word[options.lang]}${open}`
}

function waitLines(status: Status, { lang, now }: StatusTextOptions, names: ReadonlyMap<string, Text>): string {
  const waits = status.districts.flatMap((district) => [
    ...district.steps.filter((step) => step.waitingOn).map((step) => ({ district, what: STEP_SHORT[step.step], wait: step })),
    ...(district.undo ? [{ district, what: UNDO_SHORT, wait: district.undo }] : []),
  ]).sort(
    (a, b) => (a.wait.deadline ?? '9').localeCompare(b.wait.deadline ?? '9') || a.district.code.localeCompare(b.district.code),
  )
  if (waits.length === 0) return ''
  const titles = lang === 'zh' ? ['剩余', '等待', '名称', '步骤', '等谁', '升级'] : ['Left', 'Waiting', 'Name', 'Step', 'On', 'Level']
  return table(titles.map((title, index) => ({ title, align: index === 0 || index === 5 ? 'right' as const : 'left' as const })),
    waits.map(({ district, what, wait }) => [
      wait.deadline ? timeLeft(wait.deadline, now) : '-', district.code, names.get(district.code)![lang], what[lang],
      waitingOnText(wait.waitingOn!, lang, names), String(wait.escalationLevel),
    ]))
}
