/** `nianjie audit verify`: checks the whole audit chain. */
import type { Command } from 'commander'
import { verifyAudit } from '../../books/audit.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT } from '../shared/exit.ts'
import { jsonOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

export function registerAudit(program: Command, context: CliContext): void {
  const audit = program.command('audit').description(context.t({ zh: '审计链', en: 'the audit chain' }))
  audit.command('verify').description(context.t({ zh: '核对整条审计链，指出第一处断裂', en: 'check the whole chain and name the first bad link' }))
    .addOption(jsonOption(context)).action((flags: { json?: boolean }) => verify(context, flags))
}

const REASONS = {
  hash: { zh: '内容被改动', en: 'its content was changed' },
  previous: { zh: '与前一条不衔接', en: 'it does not continue the link before' },
  gap: { zh: '前面有缺失', en: 'links before it are missing' },
} as const

async function verify(context: CliContext, { json }: { json?: boolean }): Promise<void> {
  const verdict = await verifyAudit((await context.books()).db)
  const { bad } = verdict
  if (bad) context.exitWith(EXIT.failed)
  if (json) return context.printJson({ ok: bad === null, ...verdict })
  if (!bad) return context.print(context.t({ zh: `审计链完整：${verdict.links} 条`, en: `the audit chain holds: ${verdict.links} links` }))
  const district = safeText(bad.district) || context.t({ zh: '（公共）', en: '(common)' })
  context.print(context.t({
    zh: `审计链断裂：区划 ${district} 第 ${bad.sequence} 条，${REASONS[bad.reason].zh}`, en: `the audit chain is broken: district ${district}, link ${bad.sequence}: ${REASONS[bad.reason].en}`,
  }))
}
