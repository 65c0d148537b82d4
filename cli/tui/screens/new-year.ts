/** The new year as texts to scroll: what it takes over and how it differs from the old one; and its trial day. */
import { type NewYearItem, type NewYearView, itemsOf } from '../../../books/read-model/new-year-view.ts'
import { CHANGES, type SetupDifference } from '../../../books/steps/initialise/differences.ts'
import type { StoredTrial } from '../../../books/steps/initialise/trial/store.ts'
import { CHECK_NAMES, CHECK_ORDER, TRIAL_CHECKS } from '../../../config/schemas/trial-day.ts'
import {
  CHANGE_WORDS, ITEM_STATUS_WORDS, OPENINGS_WORDS, TREATMENT_WORDS, TRIAL_WORDS, VALIDITY_WORDS,
} from '../../shared/new-year.ts'
import { cell, type Line, paragraph, piece } from '../line.ts'
import type { State } from '../state.ts'
import type { Style } from '../theme.ts'

type Look = Pick<State, 'lang' | 'ascii' | 'size'>

const CHANGE_STYLES: Record<SetupDifference['change'], Style> = {
  added: 'good', dropped: 'bad', renamed: 'warn', changed: 'warn', same: 'dim',
}
const NOT_YET = { zh: ' 新年度尚未初始化：年终结转实施之后才有', en: ' The new year is not initialised yet: it is made after the carry-forward' }

/** The list of items, the openings, then the difference of every table. */
export function newYearLines(state: Look, view: NewYearView | null | undefined): Line[] {
  const { lang } = state
  if (view === undefined) return []
  if (view === null || view.year.generation === null) return [[piece(NOT_YET[lang], 'dim')]]
  const items = itemsOf(view, view.year).filter((one) => one.live !== null)
  return [
    [
      piece(` ${view.year.year} → ${view.year.year + 1}`.replace('→', state.ascii ? '>' : '→'), 'bold'),
      piece(
        `  ${items[0]?.status ? ITEM_STATUS_WORDS[items[0].status][lang] : ''}`,
        items[0]?.status === 'reviewed' ? 'good' : 'plain',
      ),
      piece(lang === 'zh' ? '  T 试运行' : '  T trial day', 'dim'),
    ],
    openingsLine(state, view), ...importedLine(state, view), [],
    itemTitles(state), ...items.map((one) => itemLine(state, one)),
    ...detailLines(state, view),
    ...[...Map.groupBy(view.differences, (row) => row.table)].flatMap(([table, rows]) => differenceLines(
      state, view, table, rows,
    )),
  ]
}

function openingsLine({ lang }: Look, { year }: NewYearView): Line {
  return [
    piece(lang === 'zh' ? ' 期初余额：' : ' Openings: '),
    piece(OPENINGS_WORDS[year.openings][lang], year.openings === 'final' ? 'good' : 'warn'),
  ]
}

function importedLine({ lang }: Look, { year, imported }: NewYearView): Line[] {
  if (!imported) return []
  const { balances, differing } = imported
  const text = lang === 'zh'
    ? ` ${year.year + 1} 年度已导入期初 ${balances} 笔，${differing === 0 ? '与结转一致' : `${differing} 处与结转不一致`}`
    : ` ${balances} openings imported for ${year.year + 1}: ${differing === 0 ? 'as carried forward' : `${differing} cells differ from the carry-forward`}`
  return [[piece(text, differing === 0 ? 'plain' : 'bad')]]
}

const VALIDITY_STYLES = { valid: 'good', ends: 'warn', expired: 'bad', unknown: 'dim' } as const satisfies Record<string, Style>

/** Seals and certificates with their last day, number rules with their first number. */
function detailLines({ lang, ascii }: Look, { details: { validity, numbers } }: NewYearView): Line[] {
  const title = (zh: string, en: string): Line[] => [[], [piece(lang === 'zh' ? ` ${zh}` : ` ${en}`, 'bold')]]
  const label = (code: string, name: string | null) => `   ${lang === 'zh' && name ? name : code}`
  return [
    ...(validity.length > 0 ? title('印章与证书', 'Seals and certificates') : []),
    ...validity.map((row): Line => [
      cell(label(row.code, row.name), 28), cell(row.until ?? '-', 12),
      piece(VALIDITY_WORDS[row.state][lang], VALIDITY_STYLES[row.state]),
    ]),
    ...(numbers.length > 0 ? title('单号规则与首号', 'Number rules and first numbers') : []),
    ...numbers.map((row): Line => [
      cell(label(row.code, row.name), 28), cell(row.pattern, 22, 'dim'),
      piece(`${ascii ? '>' : '→'} ${row.first ?? '-'}`, row.first && !row.shared ? 'plain' : 'bad'),
    ]),
  ]
}

const NUMBERS = ['live', 'added', 'dropped', 'renamed', 'changed'] as const
const NUMBER_TITLES = { zh: ['启用', '新增', '停用', '更名', '变更'], en: ['In force', 'Added', 'Dropped', 'Renamed', 'Changed'] } as const
const NAME_WIDTH = 25
const NUMBER_WIDTH = 8

function itemTitles({ lang }: Look): Line {
  const zh = lang === 'zh'
  return [cell(zh ? ' 项目' : ' Item', NAME_WIDTH, 'title'), piece(' '), cell(zh ? '处理' : 'Treatment', 13, 'title'),
    ...NUMBER_TITLES[lang].map((title) => cell(title, NUMBER_WIDTH, 'title', 'right'))]
}

function itemLine({ lang, ascii }: Look, one: NewYearItem): Line {
  const name = lang === 'zh' ? one.name.zh : one.name.en
  return [cell(` ${name}`, NAME_WIDTH), piece(' '), cell(TREATMENT_WORDS[one.treatment][lang], 13, 'dim'),
    ...NUMBERS.map((field) => cell(
      one[field] === 0 && field !== 'live' ? (ascii ? '.' : '·') : String(one[field]), NUMBER_WIDTH,
      field !== 'live' && one[field] !== 0 ? CHANGE_STYLES[field] : 'plain', 'right',
    ))]
}

function differenceLines(state: Look, view: NewYearView, table: string, rows: readonly SetupDifference[]): Line[] {
  const { lang } = state
  const counts = CHANGES.flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length
    return count > 0 ? [`${CHANGE_WORDS[change][lang]} ${count}`] : []
  })
  return [
    [], [piece(` ${view.tables[table]?.name[lang] ?? table}`, 'bold'), piece(`  ${table}  ${counts.join('  ')}`, 'dim')],
    ...rows.map((row) => rowLine(state, row)),
  ]
}

function rowLine({ lang, ascii, size }: Look, row: SetupDifference): Line {
  const arrow = ascii ? '>' : '→'
  const code = row.sources.length > 0 && row.now ? `${row.sources.join(';')} ${arrow} ${row.code}` : row.code
  const fields = (['name', 'parent', 'value'] as const).flatMap((field) => {
    const [old, now] = [row.old?.[field] ?? '', row.now?.[field] ?? '']
    return row.old && row.now && old !== now ? [`${old || '-'} ${arrow} ${now || '-'}`] : [now || old]
  }).filter(Boolean)
  const width = Math.min(36, Math.floor(size.columns * 0.36))
  return [
    cell(`   ${CHANGE_WORDS[row.change][lang]}`, 11, CHANGE_STYLES[row.change]), cell(code, width), piece(' '),
    piece(fields.join('  '), 'dim'),
  ]
}

const MARKS: Record<StoredTrial['result'], { glyph: string; ascii: string; style: Style }> = {
  passed: { glyph: '✓', ascii: '+', style: 'good' }, failed: { glyph: '✗', ascii: 'x', style: 'bad' },
  'not-tried': { glyph: '◦', ascii: '.', style: 'dim' },
}

/** A line for each test document with its checks, then in words what did not pass. */
export function trialLines(state: Look, view: NewYearView | null | undefined): Line[] {
  const { lang } = state
  if (view === undefined) return []
  if (view === null || view.year.generation === null || view.trial.length === 0) return [[piece(NOT_YET[lang], 'dim')]]
  const count = (result: StoredTrial['result']) => view.trial.filter((one) => one.result === result).length
  const tried = view.trial.filter((one) => one.number !== null || one.checks.length > 1)
  const rest = view.trial.filter((one) => !tried.includes(one)).map((one) => one.class).join(' ')
  const zh = lang === 'zh'
  return [
    [piece(zh ? ` 试运行日 ${view.trial[0]!.day}  ` : ` Trial day ${view.trial[0]!.day}  `, 'bold'),
      ...(['passed', 'failed', 'not-tried'] as const).map((result) => piece(
        `${TRIAL_WORDS[result][lang]} ${count(result)}  `, count(result) > 0 ? MARKS[result].style : 'dim',
      ))],
    [piece(
      zh ? ' 每类单据各一张，走一遍新年度规则后全部回退' : ' One test document of each class through the rules of the new year, all rolled back',
      'dim',
    )], [],
    [
      cell(zh ? ' 单据' : ' Class', 28, 'title'), cell(zh ? '首号' : 'First number', 18, 'title'),
      ...CHECK_ORDER.map((check) => cell(TRIAL_CHECKS[check], 3, 'title')),
    ],
    ...tried.map((one) => documentLine(state, view, one)),
    [], ...paragraph(
      CHECK_ORDER.map((check) => `${TRIAL_CHECKS[check]} ${CHECK_NAMES[check][lang]}`).join('  '), state.size.columns - 1, 'dim',
      ' ',
    ),
    ...reasonLines(state, tried),
    ...(rest ? [
      [], ...paragraph(zh ? `未试（没有单号规则）：${rest}` : `Not tried (no number rule): ${rest}`, state.size.columns - 1, 'dim', ' '),
    ] : []),
  ]
}

function documentLine({ lang, ascii }: Look, view: NewYearView, one: StoredTrial): Line {
  return [cell(` ${lang === 'zh' ? `${view.classes[one.class]?.zh ?? ''} ` : ''}${one.class}`, 28), cell(one.number ?? '-', 18),
    ...CHECK_ORDER.map((check) => {
      const own = one.checks.find((other) => other.check === check)
      const mark = own && MARKS[own.result]
      return cell(mark ? (ascii ? mark.ascii : mark.glyph) : ' ', 3, mark?.style)
    })]
}

/** Each reason once, with the classes that it concerns; what failed comes first. */
function reasonLines({ lang, size }: Look, documents: readonly StoredTrial[]): Line[] {
  const said = documents.flatMap((one) => one.checks.filter((check) => check.result !== 'passed')
    .map((check) => ({ ...check, class: one.class })))
  const groups = [...Map.groupBy(said, (one) => `${one.rule} ${one[lang]}`).values()].toSorted(
    (one, other) => Number(other[0]!.result === 'failed') - Number(one[0]!.result === 'failed'),
  )
  return groups.flatMap((own) => [[], ...paragraph(`${own[0]!.rule} ${TRIAL_WORDS[own[0]!.result][lang]}  ${own[0]![lang]}`, size.columns - 1, own[0]!.result === 'failed' ? 'bad' : 'plain', ' '),
    ...paragraph(own.map((one) => one.class).join(' '), size.columns - 1, 'dim', '    ')])
}
