/**
 * What the finding screen shows of a difference: sides, kind, owner, age, where the payment stands, and everything that happened.
 */
import type { DifferenceEvent } from '../../books/differences/history.ts'
import type { Difference } from '../../books/differences/read.ts'
import type { DifferenceKind } from '../../config/schemas/differences.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { type PaymentPlace, placesOf } from '../../domain/differences.ts'
import { oddText, rowsText, SEEN_WORDS } from '../shared/difference-facts.ts'
import { ACTION_WORDS, DIFFERENCE_STATE_WORDS, localTime } from '../shared/terms.ts'
import { cell, type Line, piece } from './line.ts'
import type { State } from './state.ts'

/** `kinds`: their names, as config/differences.yaml has them. */
export interface DifferenceView { one: Difference; history: readonly DifferenceEvent[]; kinds: readonly DifferenceKind[] }

/** Facts that stand in these lines already. */
export const DIFFERENCE_FACTS: ReadonlySet<string> = new Set([
  'a', 'b', 'aName', 'bName', 'name', 'kind', 'since', 'places', 'odd', 'payment', 'hint', 'party', 'reference', 'parts',
  'confirms',
])

type Field = (name: string, value: string, style?: Parameters<typeof piece>[1]) => Line[]

const money = (yuan: string): string => displayYuan(parseYuan(yuan))

export function differenceLines(state: State, { one, history, kinds }: DifferenceView, field: Field): Line[] {
  const { lang } = state
  const zh = lang === 'zh'
  const named = (kind: string | null) => (kind === null ? '' : kinds.find((each) => each.kind === kind)?.name[lang] ?? kind)
  const side = ({ name, amount, rows }: Difference['a']) =>
    [amount === null ? '-' : money(amount), name?.[lang] ?? '', rowsText(rows, lang)].filter(Boolean).join('  ')
  const said = one.explanation
  const suggested = one.suggested !== null && one.suggested !== one.kind
    ? `  (${zh ? '数据提示' : 'suggested'}: ${named(one.suggested)})`
    : ''
  return [
    [], [piece(zh ? ' 差异' : ' Difference', 'bold')],
    ...field(zh ? '甲方' : 'Side A', side(one.a)), ...field(zh ? '乙方' : 'Side B', side(one.b)),
    ...field(zh ? '状态' : 'State', DIFFERENCE_STATE_WORDS[one.state][lang]),
    ...field(
      zh ? '原因' : 'Kind', `${named(one.kind) || (zh ? '未定' : 'not known')}${said || one.kind === null ? '' : '?'}${suggested}`,
    ),
    ...field(zh ? '负责人' : 'Owner', one.owner ?? (zh ? '无' : 'nobody')),
    ...field(
      zh ? '天数' : 'Age',
      zh ? `${one.ageDays} 天${one.since ? `，最早一笔 ${one.since}` : ''}` : `${one.ageDays} days${one.since ? `, oldest row ${one.since}` : ''}`,
    ),
    ...(said?.evidence ? field(
      zh ? '佐证' : 'Evidence', `${said.evidence.name}  ${said.evidence.size} B  ${said.evidence.sha256}`,
    ) : []),
    ...placeLines(state, one), [], [piece(zh ? ' 经过' : ' What happened', 'bold')],
    ...history.map((event) => eventLine(state, event, named)),
  ]
}

/** Every place of the payment below the other, the odd one out marked. */
function placeLines(state: State, one: Difference): Line[] {
  const { places, odd } = placesOf(one.facts)
  if (places.length === 0) return []
  const { lang } = state
  const row = (place: PaymentPlace): Line => {
    const isOdd = odd.places.includes(place.place)
    const more = [place.status ?? '', place.stated ? `(${money(place.stated)})` : '', ...(place.names ?? [])].filter(Boolean).join(' ')
    return [
      cell(` ${place.name?.[lang] ?? place.place}`, 24, isOdd ? 'bad' : 'plain'),
      cell(money(place.amount), 20, isOdd ? 'bad' : 'bold', 'right'), piece(`  ${more}`, 'dim'),
    ]
  }
  return [
    [],
    [
      piece(`${lang === 'zh' ? ' 多方核对' : ' Where it stands'}  ${String(one.facts.payment ?? '')}  `, 'bold'),
      piece(oddText(one.facts, lang), odd.decided ? 'bad' : 'dim'),
    ],
    ...places.map(row),
  ]
}

function eventLine({ lang }: State, event: DifferenceEvent, named: (kind: string | null) => string): Line {
  const what = SEEN_WORDS[event.what] ?? ACTION_WORDS[event.what as keyof typeof ACTION_WORDS]
  const parts = [
    event.actor ?? '', event.amount === null ? '' : money(event.amount), named(event.differenceKind),
    event.owner === null ? '' : `→ ${event.owner}`, event.comment ?? '',
  ]
  return [
    cell(` ${localTime(event.at)}`, 19, 'dim'), cell(what[lang], lang === 'zh' ? 16 : 26),
    piece(parts.filter(Boolean).join('  ')),
  ]
}
