/** `nianjie audit verify`: checks the whole audit chain, and against a report whether its end is still there. */
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { type AuditVerdict, type ChainHead, type LostHead, auditHeads, lostHeads, verifyAudit } from '../../books/audit.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT, usageError } from '../shared/exit.ts'
import { jsonOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { table } from '../shared/width.ts'

interface VerifyFlags { json?: boolean; against?: string }

export function registerAudit(program: Command, context: CliContext): void {
  const audit = program.command('audit').description(context.t({ zh: '审计链', en: 'the audit chain' }))
  audit.command('verify').description(context.t({
    zh: '核对整条审计链，指出第一处断裂，列出各链末端', en: 'check the whole chain, name the first bad link, list the heads',
  }))
    .addOption(new Option('--against <report>', context.t({
      zh: 'nianjie report 的 JSON：其中的链末端须仍在（发现截尾或重写）',
      en: 'JSON of nianjie report: its heads must still be there (finds an end that was cut off or rewritten)',
    })))
    .addOption(jsonOption(context)).action((flags: VerifyFlags) => verify(context, flags))
}

const REASONS = {
  hash: { zh: '内容被改动', en: 'its content was changed' },
  previous: { zh: '与前一条不衔接', en: 'it does not continue the link before' },
  gap: { zh: '前面有缺失', en: 'links before it are missing' },
  cut: { zh: '报告之后链尾被截断', en: 'the end of the chain was cut off since the report' },
  rewritten: { zh: '报告之后被重写', en: 'it was rewritten since the report' },
} as const

async function verify(context: CliContext, { json, against }: VerifyFlags): Promise<void> {
  const expected = against === undefined ? null : headsOf(against)
  const { db } = await context.books()
  const heads = await auditHeads(db)
  const verdict = await verifyAudit(db)
  const lost = expected ? await lostHeads(db, expected) : []
  const ok = verdict.bad === null && lost.length === 0
  if (!ok) context.exitWith(EXIT.failed)
  if (json) return context.printJson({ ok, ...verdict, heads, ...(expected && { against: { compared: expected.length, lost } }) })
  context.print(headTable(context, heads))
  for (const line of verdictLines(context, verdict, lost)) context.print(line)
  if (expected && lost.length === 0) {
    context.print(context.t({ zh: `与报告相符：${expected.length} 条链`, en: `agrees with the report: ${expected.length} chains` }))
  }
}

const nameOf = ({ t }: CliContext, district: string): string => safeText(district) || t({ zh: '（公共）', en: '(common)' })

function headTable(context: CliContext, heads: readonly ChainHead[]): string {
  const { t } = context
  return table([{ title: t({ zh: '区划', en: 'District' }) }, { title: t({ zh: '末端序号', en: 'Link' }), align: 'right' }, { title: t({ zh: '散列', en: 'Hash' }) }],
    heads.map(({ district, sequence, hash }) => [nameOf(context, district), sequence, safeText(hash)]))
}

function verdictLines(context: CliContext, { bad, links }: AuditVerdict, lost: readonly LostHead[]): string[] {
  const broken = [...(bad ? [bad] : []), ...lost].map(({ district, sequence, reason }) => context.t({
    zh: `审计链断裂：区划 ${nameOf(context, district)} 第 ${sequence} 条，${REASONS[reason].zh}`,
    en: `the audit chain is broken: district ${nameOf(context, district)}, link ${sequence}: ${REASONS[reason].en}`,
  }))
  return bad ? broken : [context.t({ zh: `审计链完整：${links} 条`, en: `the audit chain holds: ${links} links` }), ...broken]
}

/** The part of a report that is compared; `sequence` is a whole number as text. */
const REPORT = z.object({
  districts: z.array(z.object({
    code: z.string(), audit: z.object({ sequence: z.string().regex(/^\d{1,18}$/), hash: z.string() }).nullable(),
  })),
})

/** @throws CliError for a file that is not a report or holds no head of a chain */
function headsOf(file: string): ChainHead[] {
  const heads = reportIn(file).flatMap(({ code, audit }) => (audit ? [{ district: code, ...audit }] : []))
  if (heads.length === 0) throw usageError({ zh: `${file} 中没有审计链末端`, en: `${file} holds no head of an audit chain` })
  return heads
}

function reportIn(file: string): z.infer<typeof REPORT>['districts'] {
  try {
    return REPORT.parse(JSON.parse(readFileSync(file, 'utf8'))).districts
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).split('\n')[0] : (error as Error).message
    throw usageError({
      zh: `${file} 不是 nianjie report --format json 的文件：${why}`,
      en: `${file} is not a file of nianjie report --format json: ${why}`,
    })
  }
}
