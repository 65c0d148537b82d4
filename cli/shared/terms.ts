/** Words and glyphs for what the domain names: the same in commands, screens and messages. */
import type { DifferenceState, WordAction } from '../../domain/differences.ts'
import type { FindingStatus, Severity } from '../../domain/findings.ts'
import { type RunState, type Step, STEP_NAMES, STEPS, type StepState } from '../../domain/steps.ts'
import type { Text } from './lang.ts'

/**
 * A state is told apart by glyph and word; colour only helps. None of the glyphs is of ambiguous width, so that columns
 * stay aligned in terminals that draw such characters two cells wide.
 */
export interface StateLook { glyph: string; ascii: string; word: Text; full: Text }

export const STATE_LOOKS: Record<StepState | 'completed', StateLook> = {
  pending: { glyph: '◦', ascii: '.', word: { zh: '未始', en: 'pending' }, full: { zh: '未开始', en: 'pending' } },
  running: { glyph: '▸', ascii: '>', word: { zh: '运行', en: 'running' }, full: { zh: '运行中', en: 'running' } },
  blocked: {
    glyph: '⊘', ascii: '!', word: { zh: '受阻', en: 'blocked' }, full: { zh: '受阻：有问题待处理', en: 'blocked by open findings' },
  },
  'awaiting-approval': {
    glyph: '✎', ascii: '?', word: { zh: '待批', en: 'waiting' }, full: { zh: '待审批', en: 'awaiting approval' },
  },
  approved: { glyph: '✓', ascii: '+', word: { zh: '已批', en: 'done' }, full: { zh: '已审批', en: 'approved' } },
  failed: { glyph: '✗', ascii: 'x', word: { zh: '失败', en: 'failed' }, full: { zh: '失败', en: 'failed' } },
  paused: { glyph: '◫', ascii: '=', word: { zh: '暂停', en: 'paused' }, full: { zh: '已暂停', en: 'paused' } },
  cancelled: { glyph: '⌀', ascii: '-', word: { zh: '取消', en: 'cancel' }, full: { zh: '已取消', en: 'cancelled' } },
  completed: { glyph: '✓', ascii: '+', word: { zh: '完成', en: 'done' }, full: { zh: '已完成', en: 'completed' } },
}

/** Column titles: at most four Chinese characters, at most nine letters. */
export const STEP_SHORT: Record<Step, Text> = {
  'in-transit': { zh: '在途单据', en: 'Transit' },
  reconcile: { zh: '对账', en: 'Reconcile' },
  'carry-forward': { zh: '年终结转', en: 'Carry fwd' },
  initialise: { zh: '初始化', en: 'New year' },
  'asset-health': { zh: '资产体检', en: 'Assets' },
  'sign-off': { zh: '签署归档', en: 'Sign-off' },
}

/** The same for the wait of an undo that was asked for. */
export const UNDO_SHORT: Text = { zh: '撤销申请', en: 'Undo' }

export const RUN_STATE_WORDS: Record<RunState | 'pending', Text> = {
  pending: { zh: '未开始', en: 'pending' },
  running: { zh: '进行中', en: 'running' },
  paused: { zh: '已暂停', en: 'paused' },
  completed: { zh: '已完成', en: 'completed' },
  cancelled: { zh: '已取消', en: 'cancelled' },
}

/** How a reconciliation of a month ended. */
export const MONTHLY_STATE_WORDS: Record<string, Text> = {
  compared: { zh: '已核对', en: 'compared' }, skipped: { zh: '无数据', en: 'nothing' }, missing: { zh: '缺对账单', en: 'no statement' },
  undated: { zh: '无日期', en: 'undated' }, 'no-league': { zh: '盟级无数据', en: 'no league' }, 'own-league': { zh: '盟本级', en: 'league' },
}
export const MONTHLY_CHANGE_WORDS: Record<'new' | 'still' | 'gone', Text> = {
  new: { zh: '新增', en: 'new' }, still: { zh: '仍有', en: 'still' }, gone: { zh: '已消除', en: 'gone' },
}
export const CONFIRMATION_WORDS: Record<'confirmed' | 'fallen' | 'missing', Text> = {
  confirmed: { zh: '已确认', en: 'confirmed' }, fallen: { zh: '已失效', en: 'fallen' }, missing: { zh: '未确认', en: 'missing' },
}

/** What became of a plan of the carry-forward. */
export const PLAN_STATES: Record<string, Text> = {
  planned: { zh: '待审批', en: 'awaits approval' }, live: { zh: '已生效', en: 'in force' },
}

/** Accounting systems 会计制度, short. */
export const SYSTEM_WORDS: Record<string, Text> = {
  'treasury-2022': { zh: '总会计', en: 'treasury' }, 'special-account': { zh: '专户', en: 'special' },
  'government-unit': { zh: '单位', en: 'unit' },
}

export const SEVERITY_WORDS: Record<Severity, Text> = {
  error: { zh: '错误', en: 'error' }, warning: { zh: '警告', en: 'warning' }, info: { zh: '提示', en: 'info' },
}

export const STATUS_WORDS: Record<FindingStatus, Text> = {
  open: { zh: '待处理', en: 'open' }, explained: { zh: '已说明', en: 'explained' },
  waived: { zh: '已豁免', en: 'waived' }, resolved: { zh: '已解决', en: 'resolved' },
}

export const ACTION_WORDS: Record<WordAction, Text> = {
  complete: { zh: '办结', en: 'complete' }, void: { zh: '作废', en: 'void' }, return: { zh: '退回', en: 'return' },
  carry: { zh: '结转下年', en: 'carry over' }, explain: { zh: '说明', en: 'explain' }, waive: { zh: '豁免', en: 'waive' },
  assign: { zh: '指定负责人', en: 'assign' }, correct: { zh: '待更正', en: 'to be corrected' },
}

export const DIFFERENCE_STATE_WORDS: Record<DifferenceState, Text> = {
  open: STATUS_WORDS.open, 'to-correct': { zh: '待更正', en: 'to be corrected' }, explained: STATUS_WORDS.explained,
  waived: STATUS_WORDS.waived, cleared: { zh: '已消除', en: 'cleared' },
}

/** A step by its key or by its name in either language; undefined when it is none. */
export function stepNamed(text: string): Step | undefined {
  return STEPS.find(
    (step) => step === text || STEP_NAMES[step].zh === text || STEP_NAMES[step].en.toLowerCase() === text.toLowerCase(),
  )
}

/** `1:05` hours and minutes, `-0:12` when overdue, in the way clocks are read. */
export function timeLeft(deadline: string, now: Date): string {
  const minutes = Math.floor((Date.parse(deadline) - now.getTime()) / 60_000)
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : ''}${Math.floor(size / 60)}:${String(size % 60).padStart(2, '0')}`
}

/** Time left by days where it is long: `12d 03:30`, `-2d 01:05` when overdue; else as {@link timeLeft}. */
export function daysLeft(deadline: string, now: Date): string {
  const minutes = Math.floor((Date.parse(deadline) - now.getTime()) / 60_000)
  const size = Math.abs(minutes)
  if (size < 48 * 60) return timeLeft(deadline, now)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${minutes < 0 ? '-' : ''}${Math.floor(size / 1440)}d ${two(Math.floor((size % 1440) / 60))}:${two(size % 60)}`
}

/** `3s`, `4m`, `2h`. */
export function ageOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s`
  return seconds < 3600 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 3600)}h`
}

/** Local `2026-01-01 11:00`: what a person compares with the clock on the wall. */
export function localTime(iso: string): string {
  const at = new Date(iso)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** Local `01-01 11:00`; of what is more than half a year away the date with its year. Nothing for null. */
export function dayAndTime(iso: string | null, now: Date): string {
  if (!iso) return ''
  const far = Math.abs(Date.parse(iso) - now.getTime()) > HALF_A_YEAR_MS
  return far ? localTime(iso).slice(0, 10) : localTime(iso).slice(5)
}
const HALF_A_YEAR_MS = 183 * 86_400_000
