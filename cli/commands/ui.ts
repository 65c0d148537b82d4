/** `nianjie` without a command: the terminal UI, or the plain snapshot where there is no terminal. */
import { type Command, Option } from 'commander'
import type { CliContext } from '../shared/context.ts'
import { jsonOption, rehearsalOption, yearOf, yearOption } from '../shared/options.ts'
import { printStatus } from './status.ts'

export interface UiOptions {
  year?: number; as?: string; readonly?: boolean; ascii?: boolean; rehearsal?: boolean; json?: boolean
}

export function registerUi(program: Command, context: CliContext): void {
  const { t } = context
  program.command('ui')
    .description(t({ zh: '终端界面（不带命令时默认）', en: 'the terminal UI (the default without a command)' }))
    .addOption(yearOption(context))
    .addOption(new Option('--as <actor>', t({ zh: '以谁的身份（密钥在 NIANJIE_KEYS）', en: 'who you are (key in NIANJIE_KEYS)' })))
    .addOption(new Option('--readonly', t({ zh: '只看不动', en: 'look, never act' })))
    .addOption(rehearsalOption(context))
    .addOption(new Option('--ascii', t({ zh: '只用 ASCII 符号', en: 'ASCII marks only' })))
    .addOption(jsonOption(context))
    .action((options: UiOptions) => openUi(context, options))
}

/** Opens the screen and returns when the user leaves it. */
export async function openUi(context: CliContext, options: UiOptions): Promise<void> {
  if (!context.isTTY || options.json || context.env.TERM === 'dumb') return printStatus(context, options)
  const year = await yearOf(context, options.year)
  // Ink takes its colours from the environment when it is loaded, and does not know NO_COLOR.
  if (context.env.NO_COLOR) process.env.FORCE_COLOR = '0'
  const { runTui } = await import('../tui/run.tsx')
  await runTui(context, { ...options, year })
}
