/** Confirmations of a district's reconciliations, and its months: who confirmed what, what is missing, how each month stood. */
import type { Confirmation } from '../../../books/confirmations/standing.ts'
import type { MonthlyCheck } from '../../../books/monthly/read.ts'
import { displayYuan, parseYuan } from '../../../domain/money.ts'
import { CONFIRMATION_WORDS, localTime } from '../../shared/terms.ts'
import { type Line, cell, piece } from '../line.ts'
import type { State } from '../state.ts'
import type { Style } from '../theme.ts'

export interface Reconciled { confirmations: readonly Confirmation[]; months: readonly MonthlyCheck[] }

/** Months that fit beside one another. */
const MONTHS_MAX = 8
const STYLES: Record<Confirmation['state'], Style> = { confirmed: 'good', fallen: 'bad', missing: 'dim' }

/** Lines of the screen; null until they were read. */
export function reconciledLines(state: Pick<State, 'lang' | 'size'>, shown: Reconciled | null | undefined): Line[] {
  const zh = state.lang === 'zh'
  if (!shown) return [[piece(zh ? ' 正在读取' : ' Reading', 'dim')]]
  const { confirmations, months } = shown
  const confirmed = confirmations.filter((one) => one.state === 'confirmed').length
  return [
    [piece(zh ? ` 对账确认 ${confirmed}/${confirmations.length}` : ` Confirmations ${confirmed}/${confirmations.length}`, 'bold')],
    ...(confirmations.length === 0 ? [[piece(zh ? ' 还没有可确认的对账' : ' There is nothing to confirm yet', 'dim')]] : confirmations.map((one) => confirmationLine(
      state, one,
    ))),
    [], [piece(zh ? ' 月度对账：差异数（+ 新增）' : ' Months: differences (+ new ones)', 'bold')], ...monthLines(state, months),
  ]
}

function confirmationLine({ lang, size }: Pick<State, 'lang' | 'size'>, one: Confirmation): Line {
  const given = one.by ? `${one.by} ${one.at ? localTime(one.at) : ''}` : one.fallen.at(-1)?.by ?? ''
  const required = one.required && one.state !== 'confirmed' ? { zh: '（必需）', en: ' (required)' }[lang] : ''
  const sums: Line = size.columns < 100 ? [] : [
    cell(displayYuan(parseYuan(one.balance.difference)), 16, one.balance.differences > 0 ? 'warn' : 'dim', 'right'),
    cell(String(one.balance.differences), 4, 'dim', 'right'),
  ]
  return [
    cell(` ${one.reconciliation}`, 5), cell(one.party, 14), cell(one.title[lang] + required, 29),
    cell(CONFIRMATION_WORDS[one.state][lang], 10, STYLES[one.state]), ...sums, piece(`  ${given}`, 'dim'),
  ]
}

function monthLines({ lang, size }: Pick<State, 'lang' | 'size'>, checks: readonly MonthlyCheck[]): Line[] {
  if (checks.length === 0) {
    return [[piece(
      lang === 'zh' ? ' 还没有月度对账（nianjie reconcile --month）' : ' No month was reconciled yet (nianjie reconcile --month)', 'dim',
    )]]
  }
  const months = [...new Set(checks.map(({ month }) => month))].sort()
    .slice(-Math.min(MONTHS_MAX, Math.floor((size.columns - 8) / 9)))
  const rows = [...Map.groupBy(checks, ({ reconciliation }) => reconciliation)].filter(([, own]) => own.some(isCompared))
  return [
    [cell('', 6), ...months.map((month) => cell(month, 9, 'dim', 'right'))],
    ...rows.map(([number, own]): Line => [
      cell(` ${number}`, 6), ...months.map((month) => monthCell(own.find((one) => one.month === month))),
    ]),
  ]
}

const isCompared = ({ state }: MonthlyCheck): boolean => state === 'compared' || state === 'missing'

function monthCell(one: MonthlyCheck | undefined) {
  if (!one || !isCompared(one)) return cell(one ? '-' : '', 9, 'dim', 'right')
  return cell(`${one.unequal}${one.new > 0 ? ` +${one.new}` : ''}`, 9, one.unequal > 0 ? 'warn' : 'good', 'right')
}
