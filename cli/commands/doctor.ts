/** `nianjie doctor`: what is missing or wrong on this machine, and how to mend it. */
import type { Command } from 'commander'
import { type CheckResult, type CheckState, runChecks } from '../local/doctor/check.ts'
import { FILE_CHECKS } from '../local/doctor/files.ts'
import { MACHINE_CHECKS } from '../local/doctor/machine.ts'
import { SERVER_CHECKS } from '../local/doctor/servers.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT } from '../shared/exit.ts'
import { safeText } from '../shared/safe-text.ts'
import { pad, widthOf } from '../shared/width.ts'

const MARKS: Record<CheckState, string> = { ok: '✓', warning: '!', wrong: '✗', skipped: '-' }

/** Registers `doctor`. It exits 1 when something is wrong. */
export function registerDoctor(program: Command, context: CliContext): void {
  const { t } = context
  program.command('doctor')
    .description(t({ zh: '检查本机缺什么、错在哪里、怎样修复', en: 'what is missing or wrong on this machine and how to mend it' }))
    .option('--json', t({ zh: '以 JSON 输出', en: 'print JSON' }))
    .action(async (options: { json?: boolean }) => {
      const results = await runChecks([...MACHINE_CHECKS, ...FILE_CHECKS, ...SERVER_CHECKS], context.env)
      if (options.json) context.printJson(results)
      else context.print(report(context, results))
      if (results.some((result) => result.state === 'wrong')) context.exitWith(EXIT.failed)
    })
}

function report(context: CliContext, results: readonly CheckResult[]): string {
  const { t } = context
  const width = Math.max(...results.map(({ title }) => widthOf(t(title))))
  return results.flatMap(({ state, title, found, mend }) => [
    `${MARKS[state]} ${pad(t(title), width)}  ${safeText(t(found))}`,
    ...(mend ? [`  ${' '.repeat(width)}  → ${safeText(t(mend))}`] : []),
  ]).join('\n')
}
