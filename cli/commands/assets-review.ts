/** `nianjie assets rounds` and `nianjie assets history`: where the joint review stands, and what became of a card. */
import { type Command, Option } from 'commander'
import { type CardHistory, cardHistories } from '../../books/assets/history.ts'
import { cardRules, shownValue, titleOf } from '../../books/assets/fields.ts'
import { type DistrictReview, type Left, type UnitReview, districtReview } from '../../books/assets/round-view.ts'
import { REVIEW_STATES, REVIEW_WORDS } from '../../domain/asset-review.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { districtOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { table } from '../shared/width.ts'

interface ReviewOptions { year?: number; district: string; unit?: string[]; card?: string; json?: boolean }

export function registerRounds(group: Command, context: CliContext): void {
  const { t } = context
  group.command('rounds')
    .description(t({
      zh: '会审轮次：每个单位发出、收回了什么，按类别还剩什么',
      en: 'rounds of the joint review: what went out and came back for each unit, and what is left by family',
    }))
    .addOption(districtOption(context)).addOption(yearOption(context))
    .addOption(new Option('--unit <unit...>', t({ zh: '只看这些单位', en: 'only these units' })))
    .addOption(jsonOption(context))
    .action(async (options: ReviewOptions) => {
      const { district, year, books } = await place(context, options)
      const review = await districtReview(books.db, district, year)
      if (!review) throw noInput(district, year)
      const chosen = {
        ...review, units: review.units.filter(({ unit }) => options.unit === undefined || options.unit.includes(unit)),
      }
      if (options.json) context.printJson(chosen)
      else printRounds(context, chosen)
    })
}

export function registerHistory(group: Command, context: CliContext): void {
  const { t } = context
  group.command('history')
    .description(t({
      zh: '卡片沿革：导入时的值，以及何人何时因何更正', en: 'the history of cards: what was imported, and who corrected what, when and why',
    }))
    .addOption(districtOption(context)).addOption(yearOption(context))
    .addOption(new Option(
      '--card <number>', t({ zh: '资产编号或卡片编号（默认：所有更正过的卡片）', en: 'asset or card number (default: every corrected card)' }),
    ))
    .addOption(jsonOption(context))
    .action(async (options: ReviewOptions) => {
      const { district, year, books } = await place(context, options)
      const histories = await cardHistories(books.pool, district, year, options.card)
      if (options.json) return context.printJson(histories)
      if (histories.length === 0) return context.message({ zh: '没有更正过的卡片', en: 'no card was corrected' })
      for (const history of histories) printHistory(context, history)
    })
}

async function place(context: CliContext, options: ReviewOptions) {
  const [district] = knownDistricts(context, [options.district]) as [string]
  return { district, year: await yearOf(context, options.year), books: await context.books() }
}

const noInput = (district: string, year: number) =>
  refusal({
    code: 'no-input', zh: `${district} 没有 ${year} 年度的导入数据：先用 nianjie import 导入`,
    en: `${district} has no input of ${year}: load it with nianjie import first`,
  })

const FAMILIES = ['D', 'N', 'L', 'F', 'V', 'S', 'R'] as const
const NONE: Text = { zh: '（未指明）', en: '(none)' }

/** `2/1`: errors and warnings. */
const leftText = (left: Left | null, family: string) => {
  const { error = 0, warning = 0 } = left?.[family] ?? {}
  return left === null ? '' : error + warning === 0 ? '·' : `${error}/${warning}`
}

function printRounds(context: CliContext, review: DistrictReview): void {
  const { t, lang, print } = context
  const { inForce, adopted, superseded, gone } = review.corrections
  print(t({
    zh: `${review.district} ${review.year} 年度：会审第 ${review.round} 轮；更正有效 ${inForce} 处，源数据已改正 ${adopted}，被新数据取代 ${superseded}，卡片已无 ${gone}`,
    en: `${review.district} ${review.year}: round ${review.round}; corrections in force ${inForce}, adopted at their source ${adopted}, superseded ${superseded}, card gone ${gone}`,
  }))
  const titles = lang === 'zh'
    ? ['单位', '名称', '轮次', '发出', '更正', '说明']
    : ['Unit', 'Name', 'Round', 'Sent', 'Corrected', 'Explained']
  const rows = review.units.flatMap((unit) => unitRows(context, unit))
  print(table([...titles.map((title, index) => ({ title, align: index > 3 || index === 2 ? 'right' as const : 'left' as const })),
    ...FAMILIES.map((title) => ({ title, align: 'right' as const })), { title: lang === 'zh' ? '会审状态' : 'Review' }], rows))
  print(t({ zh: '各类别：错误/警告；“现在”为当前待处理', en: 'families: errors/warnings; `now` is what is open at present' }))
}

function unitRows({ t }: CliContext, { unit, name, rounds, left, states }: UnitReview): string[][] {
  const who = [unit || t(NONE), name]
  const past = rounds.map(({ round, madeAt, returned, left: then }) =>
    [
      ...who, String(round), madeAt.slice(0, 16).replace('T', ' '), String(returned.corrections), String(returned.explanations),
      ...FAMILIES.map((family) => leftText(then, family)), '',
    ])
  if (left === null) return past
  const words = REVIEW_STATES.filter((state) => states[state]).map((state) => `${t(REVIEW_WORDS[state])} ${states[state]}`)
    .join(t({ zh: '，', en: ', ' }))
  return [...past, [...who, t({ zh: '现在', en: 'now' }), '', '', '', ...FAMILIES.map((family) => leftText(left, family)), words]]
}

const STANDINGS: Record<string, Text> = {
  'in-force': { zh: '有效', en: 'in force' }, 'corrected-again': { zh: '又经更正', en: 'corrected again' },
  adopted: { zh: '源数据已改正', en: 'adopted at its source' },
  superseded: { zh: '被新数据取代', en: 'superseded by a later import' }, gone: { zh: '卡片已不在数据中', en: 'the card is gone' },
}

function printHistory(context: CliContext, history: CardHistory): void {
  const { t, lang } = context
  const rules = cardRules(context.config().input)
  const shown = (field: string, value: string | null) => shownValue(rules.get(field), value) || t({ zh: '（空）', en: '(empty)' })
  context.print(safeText(t({
    zh: `资产 ${history.assetNo ?? '（空）'}（卡片 ${history.cardNo ?? '（空）'}，${history.name ?? ''}，单位 ${history.unit ?? '（空）'}）`,
    en: `Asset ${history.assetNo ?? '(empty)'} (card ${history.cardNo ?? '(empty)'}, ${history.name ?? ''}, unit ${history.unit ?? '(empty)'})`,
  })))
  context.print(table((lang === 'zh' ? ['版本', '时间', '何人', '轮次', '字段', '导入值', '更正前', '更正后', '规则', '依据', '现状'] : ['Version', 'When', 'Who', 'Round', 'Field', 'Imported', 'Old', 'New', 'Rule', 'Why', 'Standing'])
    .map((title) => ({ title })), history.versions.flatMap(({ version, at, actor, round, changes }) => changes.map((change) => [
    String(version), at.slice(0, 16).replace('T', ' '), actor, String(round),
    lang === 'zh' ? titleOf(rules, change.field) : change.field, shown(change.field, change.imported),
    shown(change.field, change.from), shown(change.field, change.to), change.rule, change.reason, t(STANDINGS[change.standing]!),
  ]))))
}
