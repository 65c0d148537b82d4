/** The lines of a file that are no rows: by the patterns of its format, each counted with its reason. */
import { type FormatConfig, TOTAL_GROUPS, type TotalGroup } from '../../config/schemas/format.ts'
import type { Place } from './layout.ts'
import type { Cell } from './lines.ts'
import { fenAt } from './movement.ts'
import type { Blame, Figure } from './sums.ts'
import { amountOf } from './values.ts'

interface Text { zh: string; en: string }
/** Lines that were skipped for one reason; `first` is the number of the first of them. */
export interface Skipped { why: Text; lines: number; first: number }

const REASONS = {
  blank: { zh: '空行', en: 'blank' },
  above: { zh: '标题行之前', en: 'above the titles' },
  titles: { zh: '重复的标题行', en: 'titles again' },
  capture: { zh: '账户、单位、余额等说明行', en: 'texts that name account, unit or balance' },
  total: { zh: '合计行（已核对）', en: 'totals (checked)' },
  end: { zh: '表尾', en: 'footer' },
  'other-day': { zh: '不是所要日期的行', en: 'rows of another day' },
} as const satisfies Record<string, Text>
export type SkipReason = keyof typeof REASONS | Text

const compiled = (source: string): RegExp => new RegExp(source, 'u')
const AMOUNT_GROUPS: Readonly<Record<string, TotalGroup>> = {
  signed: 'amount', unsigned: 'amount', debit: 'debit', credit: 'credit',
}

export class Patterns {
  readonly #captures: readonly RegExp[]
  readonly #totals: readonly { pattern: RegExp; since: FormatConfig['totals'][number]['since'] }[]
  readonly #skips: readonly { pattern: RegExp; why: Text }[]
  readonly #end: RegExp | undefined
  readonly #forward: RegExp | undefined
  readonly #skipped = new Map<string, Skipped>()

  constructor(format: FormatConfig) {
    this.#captures = format.captures.map(compiled)
    this.#totals = format.totals.map(({ pattern, since }) => ({ pattern: compiled(pattern), since }))
    this.#skips = format.skip.map(({ pattern, why }) => ({ pattern: compiled(pattern), why }))
    this.#end = format.end === undefined ? undefined : compiled(format.end)
    this.#forward = format.balance?.brought_forward === undefined ? undefined : compiled(format.balance.brought_forward)
  }

  get skipped(): readonly Skipped[] { return [...this.#skipped.values()].sort((a, b) => a.first - b.first) }

  skip(reason: SkipReason, line: number): void {
    const why = typeof reason === 'string' ? REASONS[reason] : reason
    const known = this.#skipped.get(why.en)
    if (known) known.lines += 1
    else this.#skipped.set(why.en, { why, lines: 1, first: line })
  }

  isEnd(text: string): boolean { return this.#end?.test(text) ?? false }
  isBroughtForward(text: string): boolean { return this.#forward?.test(text) ?? false }
  skipReason(text: string): Text | undefined { return this.#skips.find(({ pattern }) => pattern.test(text))?.why }

  /** Named groups of every capture that fits the line; undefined when none does. */
  capturesOf(text: string): Map<string, string> | undefined {
    const found = new Map<string, string>()
    let fits = false
    for (const pattern of this.#captures) {
      const match = pattern.exec(text)
      if (!match) continue
      fits = true
      for (const [group, value] of Object.entries(match.groups ?? {})) if (value !== undefined) found.set(group, value.trim())
    }
    return fits ? found : undefined
  }

  /** The figures of a line of totals: its named groups, or without those what stands in the columns of amounts. */
  totalOf(text: string, cells: readonly Cell[], amount: Readonly<Record<string, Place>>, blame: Blame): {
    since: FormatConfig['totals'][number]['since']; figures: Figure[]
  } | undefined {
    for (const { pattern, since } of this.#totals) {
      const match = pattern.exec(text)
      if (!match) continue
      const groups = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined) as [TotalGroup, string][]
      const figures = groups.length > 0 ? groups.map(([group, value]) => ({
        group, column: null, value: figureOf(group, value, blame),
      }))
        : Object.entries(amount).filter(([role]) => role in AMOUNT_GROUPS)
          .map(([role, place]) => ({ group: AMOUNT_GROUPS[role]!, column: place.name, value: fenAt(cells, place, blame) }))
      return { since, figures: figures.filter((one): one is Figure => one.value !== null && one.value !== undefined) }
    }
    return undefined
  }
}

function figureOf(group: TotalGroup, text: string, blame: Blame): bigint | undefined {
  if (!TOTAL_GROUPS.includes(group)) return undefined
  if (group.endsWith('count')) return /^\d{1,9}$/.test(text) ? BigInt(text) : undefined
  // Separators that were not quoted have torn the amount into several cells.
  const fen = amountOf(text.replace(/\s/g, ''))
  if (fen === undefined || fen === null) blame('bad-amount', null, text)
  return fen ?? undefined
}
