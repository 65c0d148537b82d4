/** The places that are texts to scroll: a finding with its evidence, and the help. */
import type { StepEvidence } from '../../books/read-model/evidence.ts'
import type { ListedFinding } from '../../books/read-model/findings.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { STEP_NAMES } from '../../domain/steps.ts'
import { allFigures } from '../shared/figures.ts'
import type { Text } from '../shared/lang.ts'
import { ACTION_WORDS, localTime, SEVERITY_WORDS, STATUS_WORDS } from '../shared/terms.ts'
import { DIFFERENCE_FACTS, differenceLines } from './difference.ts'
import { helpRows } from './keys.ts'
import { cell, type Line, paragraph, piece } from './line.ts'
import { reconciledLines } from './screens/reconciled.ts'
import { timeLines } from './screens/time.ts'
import { healthLines } from './screens/health.ts'
import { planLines, undoText } from './screens/closing.ts'
import { newYearLines, trialLines } from './screens/new-year.ts'
import { madeLines, problemText } from './screens/problems.ts'
import { currentView, type State } from './state.ts'
import { SEVERITY_STYLES } from './theme.ts'

/** What people said on a step, oldest first. */
export function wordLines(state: Pick<State, 'lang'>, evidence: StepEvidence): Line[] {
  const { lang } = state
  const said = { approve: { zh: '同意', en: 'approved' }, reject: { zh: '退回', en: 'rejected' } } as Record<string, Text | undefined>
  return evidence.words.map((word): Line => [
    piece(
      ` ${word.accepted === false ? { zh: '被拒', en: 'refused' }[lang] : said[word.kind]?.[lang] ?? word.kind}`,
      word.holds ? 'good' : 'dim',
    ),
    piece(` ${word.actor} ${localTime(word.at)}`), piece(`  ${word.refusal ? word.refusal[lang] : word.comment}`, 'dim'),
    piece(word.voidReason ? `  ${word.voidReason}` : '', 'warn'),
  ])
}

/** All lines of the present text; empty at places that are no text. */
export function textLines(state: State): Line[] {
  const { place } = currentView(state)
  if (place.screen === 'help') return helpLines(state)
  if (place.screen === 'problem') return problemText(state)
  if (place.screen === 'new-year') return newYearLines(state, state.data.newYears.get(place.district))
  if (place.screen === 'plan') return planLines(state, state.data.plans.get(place.district))
  if (place.screen === 'undo') return undoText(state, place.district, state.data.undos.get(place.district))
  if (place.screen === 'trial') return trialLines(state, state.data.newYears.get(place.district))
  if (place.screen === 'reconciled') return reconciledLines(state, state.data.reconciled.get(place.district))
  if (place.screen === 'time') return timeLines(state, place.district, state.data.times.get(place.district))
  if (place.screen === 'health') return healthLines(state, state.data.health.get(place.district))
  if (place.screen === 'evidence') return evidenceLines(state, state.data.evidence.get(`${place.district}/${place.step}`) ?? null)
  if (place.screen !== 'finding') return []
  const finding = state.data.findings.get(`${place.district}/${place.step}`)?.find((one) => one.id === place.finding)
  return finding ? findingLines(state, finding) : []
}

function evidenceLines(state: State, evidence: StepEvidence | null): Line[] {
  const zh = state.lang === 'zh'
  if (!evidence) return [[piece(zh ? ' 还没有证据' : ' There is no evidence yet', 'dim')]]
  const width = Math.min(48, Math.floor(state.size.columns * 0.5))
  const field = (name: string, value: string): Line => [cell(` ${name}`, 12, 'dim'), piece(value)]
  return [
    field(zh ? '证据' : 'Evidence', evidence.evidenceDigest ?? '-'), field(zh ? '输入' : 'Input', evidence.inputDigest ?? '-'),
    field(zh ? '代' : 'Generation', String(evidence.generation)), ...wordLines(state, evidence), [],
    ...allFigures(evidence.figures).map(({ path, value }): Line => [
      cell(` ${path}`, width), piece(' '), piece(value, /^-?[\d,]+\.\d\d$/.test(value) ? 'bold' : 'plain'),
    ]),
  ]
}

function findingLines(state: State, finding: ListedFinding): Line[] {
  const { lang } = state
  const zh = lang === 'zh'
  const difference = state.data.differences.get(finding.id)
  const label = (text: string): ReturnType<typeof cell> => cell(` ${text}`, 12, 'dim')
  const wide = state.size.columns - 13
  const field = (name: string, value: string, style?: Parameters<typeof piece>[1]): Line[] =>
    paragraph(value, wide, style).map((line, index) => [label(index === 0 ? name : ''), ...line])
  return [
    [piece(` ${finding.rule}  ${finding.key}`, 'bold')],
    [],
    ...field(zh ? '说明' : 'What', finding.message[lang]),
    ...field('', finding.message[zh ? 'en' : 'zh'], 'dim'),
    [],
    ...field(zh ? '编号' : 'Id', finding.id),
    ...field(zh ? '步骤' : 'Step', STEP_NAMES[finding.step][lang]),
    ...field(zh ? '程度' : 'Severity', SEVERITY_WORDS[finding.severity][lang], SEVERITY_STYLES[finding.severity]),
    ...field(zh ? '状态' : 'Status', `${STATUS_WORDS[finding.status][lang]}${finding.closedBy ? `  ${finding.closedBy}` : ''}`),
    ...(finding.amount === null ? [] : field(zh ? '金额' : 'Amount', displayYuan(parseYuan(finding.amount)), 'bold')),
    ...field(zh ? '发现于' : 'Found', localTime(finding.openedAt)),
    ...field(zh ? '证据' : 'Digest', finding.contentDigest),
    ...(difference ? differenceLines(state, difference, field) : []),
    ...factLines(state, finding, field, difference ? DIFFERENCE_FACTS : new Set()),
    ...(difference ? [] : decisionLines(state, finding)),
    ...madeLines(state, finding.id),
  ]
}

function factLines(
  state: State, finding: ListedFinding, field: (name: string, value: string) => Line[], shown: ReadonlySet<string>,
): Line[] {
  const facts = Object.entries(finding.facts).filter(([name]) => !shown.has(name))
  if (facts.length === 0) return []
  return [
    [], [piece(state.lang === 'zh' ? ' 事实' : ' Facts', 'bold')],
    ...facts.flatMap(([name, value]) => factField(state, name, value, field)),
  ]
}

/** A fact in the user's language where it is a text in both; what is nested on lines of its own. */
function factField(state: State, name: string, value: unknown, field: (name: string, value: string) => Line[]): Line[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value !== 'object') return field(name, String(value))
  const own = (value as Record<string, unknown>)[state.lang]
  if (typeof own === 'string') return field(name, own)
  const parts = allFigures(value as Record<string, unknown>).map((part) => `${part.path} ${part.value}`)
  return parts.length > 0 ? field(name, parts.join('  ')) : []
}

function decisionLines(state: State, finding: ListedFinding): Line[] {
  const words = state.data.words.get(finding.id) ?? []
  if (words.length === 0) return []
  const { lang } = state
  return [[], [piece(lang === 'zh' ? ' 处理记录' : ' Decisions', 'bold')], ...words.map((word): Line => [
    cell(` ${ACTION_WORDS[word.action][lang]}`, 12, word.current && word.accepted ? 'good' : 'dim'),
    piece(`${word.actor}  ${localTime(word.submittedAt)}  `),
    piece(word.refusal ? word.refusal[lang] : word.comment, word.refusal ? 'bad' : 'plain'),
  ])]
}

function helpLines(state: State): Line[] {
  const { lang } = state
  const title = (text: string): Line => [piece(` ${text}`, 'bold')]
  return [
    title(lang === 'zh' ? '按键' : 'Keys'),
    ...helpRows().map((row): Line => [
      cell(` ${row.keys}`, 22, 'key'), piece(row.help[lang]), piece(row.where ? `  (${row.where[lang]})` : '', 'dim'),
    ]),
    [],
    title(lang === 'zh' ? '命令（: 之后输入）' : 'Commands (after :)'),
    ...COMMAND_HELP.map(({ words, help }): Line => [cell(` :${words}`, 30, 'key'), piece(help[lang])]),
  ]
}

/** The `:` commands; session.ts carries them out. */
const COMMAND_HELP = [
  { words: 'CODE', help: { zh: '打开一个区划，如 :152501', en: 'open a district, such as :152501' } },
  { words: 'year YYYY [rehearsal]', help: { zh: '换年度，或看演练', en: 'another year, or its rehearsal' } },
  { words: 'as NAME', help: { zh: '换身份', en: 'be another actor' } },
  { words: 'lang zh|en', help: { zh: '换语言', en: 'another language' } },
  { words: 'pause|resume|cancel [CODE…]', help: { zh: '暂停、继续、取消（默认当前区划）', en: 'these districts, or the present one' } },
  {
    words: 'default [ACTION] [all]',
    help: { zh: '批准所选个案（all：该类型）的默认处置', en: 'approve the default of the case (all: of its type)' },
  },
  { words: 'receipt OUTCOME REFERENCE', help: { zh: '登记所选个案的回单', en: 'register the receipt of the case' } },
  { words: 'confirm R7 [PARTY]', help: { zh: '确认该区划的对账余额（R 查看）', en: 'confirm a balance of the district (R shows them)' } },
  { words: 'recheck', help: { zh: '更正数据后重新检查当前步骤', en: 'check the present step again after a correction' } },
  { words: 'board|queue|problems|alerts|events|help|q', help: { zh: '去各个画面，或退出', en: 'go to a screen, or leave' } },
] as const
