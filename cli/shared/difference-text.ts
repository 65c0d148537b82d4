/** Differences as text: a table of many, everything about one. */
import type { DifferenceEvent } from '../../books/differences/history.ts'
import type { Difference } from '../../books/differences/read.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from './context.ts'
import { placesOf } from '../../domain/differences.ts'
import { oddText, rowsText, SEEN_WORDS } from './difference-facts.ts'
import type { Text } from './lang.ts'
import { safeText } from './safe-text.ts'
import { ACTION_WORDS, DIFFERENCE_STATE_WORDS, localTime } from './terms.ts'
import { pad, table } from './width.ts'

const money = (yuan: string | null): string => (yuan === null ? '' : displayYuan(parseYuan(yuan)))

/** The name of a kind in the user's language; a kind that the configuration does not know stays as it is. */
export function kindText(context: CliContext, kind: string | null): string {
  if (kind === null) return ''
  const known = context.config().differences.kinds.find((one) => one.kind === kind)
  return known ? context.t(known.name) : kind
}

/** One line for each. */
export function differencesText(context: CliContext, listed: readonly Difference[]): string {
  const titles: Text[] = [
    { zh: '编号', en: 'Id' }, { zh: '区划', en: 'District' }, { zh: '对账', en: 'Rule' }, { zh: '对象', en: 'Key' },
    { zh: '甲方', en: 'A' },
    { zh: '乙方', en: 'B' }, { zh: '差额', en: 'Difference' }, { zh: '天数', en: 'Days' }, { zh: '原因', en: 'Kind' },
    { zh: '负责人', en: 'Owner' }, { zh: '状态', en: 'State' },
  ]
  return table(titles.map((title, index) =>
    ({ title: context.t(title), align: index >= 4 && index <= 7 ? 'right' as const : 'left' as const })),
    listed.map((one) => [
      one.id, one.district, one.rule, one.key, money(one.a.amount), money(one.b.amount), money(one.difference),
      String(one.ageDays),
      `${kindText(context, one.kind)}${one.kind !== null && one.state === 'open' ? '?' : ''}`, one.owner ?? '',
      context.t(DIFFERENCE_STATE_WORDS[one.state]),
    ]))
}

/** Everything about one: sides, kind, owner, age, explanation, and what happened to it. */
export function differenceText(context: CliContext, one: Difference, history: readonly DifferenceEvent[]): string {
  const { t } = context
  const field = (name: Text, value: string) => (value === '' ? [] : [`${pad(t(name), 14)} ${safeText(value)}`])
  const side = ({ name, amount, rows }: Difference['a']) =>
    [name ? t(name) : '', money(amount), rowsText(rows, context.lang)].filter(Boolean).join('  ')
  const said = one.explanation
  return [
    `${one.rule} ${safeText(one.key)}  ${one.district}  ${t(DIFFERENCE_STATE_WORDS[one.state])}`,
    ...field({ zh: '编号', en: 'Id' }, one.id),
    ...field({ zh: '甲方', en: 'Side A' }, side(one.a)), ...field({ zh: '乙方', en: 'Side B' }, side(one.b)),
    ...field({ zh: '差额（甲−乙）', en: 'A - B' }, money(one.difference)),
    ...field({ zh: '原因', en: 'Kind' }, kindText(context, one.kind)),
    ...field({ zh: '数据提示', en: 'Suggested' }, one.suggested === one.kind ? '' : kindText(context, one.suggested)),
    ...field({ zh: '负责人', en: 'Owner' }, one.owner ?? ''),
    ...field({ zh: '天数', en: 'Age' }, t({
      zh: `${one.ageDays} 天${one.since ? `（最早一笔 ${one.since}）` : ''}`,
      en: `${one.ageDays} days${one.since ? ` (oldest row ${one.since})` : ''}`,
    })),
    ...field({ zh: '首次发现', en: 'First seen' }, localTime(one.firstSeenAt)),
    ...field({ zh: '说明', en: 'Explanation' }, said ? `${said.comment}  (${said.actor}, ${localTime(said.at)})` : ''),
    ...field(
      { zh: '佐证材料', en: 'Evidence' },
      said?.evidence ? `${said.evidence.name}  ${said.evidence.size} B  ${said.evidence.sha256}` : '',
    ),
    safeText(t(one.message)),
    ...placesText(context, one),
    ...(history.length === 0 ? [] : [
      '', t({ zh: '经过', en: 'What happened' }), ...history.map((event) => `  ${eventText(context, event)}`),
    ]),
  ].join('\n')
}

/** `2026-01-01 11:00  explain  li  timing  …` */
function eventText(context: CliContext, event: DifferenceEvent): string {
  const { t } = context
  const what = SEEN_WORDS[event.what] ?? ACTION_WORDS[event.what as keyof typeof ACTION_WORDS]
  const parts = [
    event.actor ?? '', money(event.amount), kindText(context, event.differenceKind),
    event.owner === null ? '' : `→ ${event.owner}`, event.comment ?? '',
    event.evidence ? `[${event.evidence.name} ${event.evidence.sha256.slice(0, 12)}]` : '',
    event.kind === 'rehearsal' ? t({ zh: '（演练）', en: '(rehearsal)' }) : '',
  ].filter(Boolean)
  return `${localTime(event.at)}  ${pad(t(what), 24)} ${safeText(parts.join('  '))}`
}

/** Where the payment stands, one place a line, and which one is the odd one out. */
function placesText({ t, lang }: CliContext, { facts }: Difference): string[] {
  const { places } = placesOf(facts)
  if (places.length === 0) return []
  return ['', `${t({ zh: '多方核对', en: 'Where it stands' })}  ${safeText(String(facts.payment ?? ''))}  ${oddText(facts, lang)}`, ...places.map((place) =>
    `  ${pad(place.name ? t(place.name) : place.place, 24)} ${money(place.amount).padStart(20)}  ${safeText([
      place.status ?? '', place.stated ? `(${money(place.stated)})` : '', ...(place.names ?? [])].filter(Boolean).join(' '))}`.trimEnd())]
}
