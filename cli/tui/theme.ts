/** All styles of the screens. Blue, yellow and magenta before red and green: told apart by colour-blind eyes. */
import type { TextProps } from 'ink'
import type { Severity } from '../../domain/findings.ts'
import type { StepState } from '../../domain/steps.ts'

export const STYLES = {
  plain: {},
  dim: { dimColor: true },
  bold: { bold: true },
  head: { bold: true, color: 'cyan' },
  title: { dimColor: true, underline: false },
  cursor: { inverse: true },
  key: { bold: true, color: 'cyan' },
  good: { color: 'cyan' },
  bad: { color: 'red', bold: true },
  warn: { color: 'yellow' },
  alarm: { color: 'yellow', bold: true },
  mine: { color: 'magenta', bold: true },
  busy: { color: 'blueBright' },
} as const satisfies Record<string, TextProps>
export type Style = keyof typeof STYLES

export const STATE_STYLES: Record<StepState | 'completed', Style> = {
  pending: 'dim', running: 'busy', blocked: 'alarm', 'awaiting-approval': 'mine', approved: 'good', failed: 'bad', paused: 'warn',
  cancelled: 'dim', completed: 'good',
}

export const SEVERITY_STYLES: Record<Severity, Style> = { error: 'bad', warning: 'warn', info: 'plain' }

/** The few signs that are not letters, and what stands for them in ASCII. */
export const SIGNS = {
  cursor: ['›', '>'], path: ['›', '>'], picked: ['▪', '*'], live: ['▪', '*'], alert: ['!', '!'], bar: ['▪', '='],
} as const
export const sign = (name: keyof typeof SIGNS, ascii: boolean): string => SIGNS[name][ascii ? 1 : 0]
