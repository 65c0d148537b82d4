/** A question before something changes: only on a terminal, and never with --yes or --no-input. */
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { type Command, Option } from 'commander'
import type { CliContext } from './context.ts'
import { CliError, EXIT } from './exit.ts'
import type { Text } from './lang.ts'

export interface ConfirmFlags { yes?: boolean; input?: boolean; dryRun?: boolean }

/** `--yes`, `--no-input` and `--dry-run`. */
export function addConfirmOptions(command: Command, { t }: CliContext): Command {
  return command
    .addOption(new Option('-y, --yes', t({ zh: '不询问，直接执行', en: 'do it without asking' })))
    .addOption(new Option('--no-input', t({ zh: '不询问任何问题', en: 'ask nothing' })))
    .addOption(new Option('--dry-run', t({ zh: '只检查是否可行', en: 'only check whether it can be done' })))
}

/**
 * Repeats what is about to happen and asks for a yes; `typed` must be typed word by word instead.
 * @throws CliError refused when the answer is anything else
 */
export async function confirm(context: CliContext, flags: ConfirmFlags, question: Text, typed?: string): Promise<void> {
  if (!context.isTTY || flags.yes || flags.input === false) return
  const lines = createInterface({ input: context.stdin, output: context.stderr })
  try {
    const wanted = typed ? { zh: `输入 ${typed} 确认：`, en: `type ${typed} to confirm: ` } : { zh: '[y/N] ', en: '[y/N] ' }
    const answer = (await lines.question(`${context.t(question)} ${context.t(wanted)}`)).trim()
    if (typed ? answer === typed : /^(y|yes|是)$/i.test(answer)) return
  } finally {
    lines.close()
  }
  throw new CliError(EXIT.refused, { zh: '未确认，什么都没有做。', en: 'not confirmed: nothing was done' }, { reason: 'not-confirmed' })
}

/** Who runs the command, for the record. */
export function userOf({ env }: CliContext): string {
  try {
    return userInfo().username
  } catch {
    return env.USER ?? 'unknown'
  }
}
