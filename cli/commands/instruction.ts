/** `nianjie instruction`: dispositions go out to the business system as a file, and are watched until they are carried out. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { appendAudit } from '../../books/audit.ts'
import {
  type InstructionState, instructionNumber, linesOf, listInstructions, pendingDispositions, storeInstruction,
} from '../../books/cases/instructions.ts'
import { findScope, inputVersionOf } from '../../books/runs.ts'
import { instructionText } from '../../domain/instructions.ts'
import { encodeGb18030 } from '../../report/gb18030.ts'
import { userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { districtOption, districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { localTime } from '../shared/terms.ts'
import { table } from '../shared/width.ts'

interface ExportFlags { year?: number; district: string; type?: string; format: string; out: string; as?: string; json?: boolean }

export function registerInstruction(program: Command, context: CliContext): void {
  const { t } = context
  const instruction = program.command('instruction').description(t({
    zh: '处置指令：交业务系统执行，直到下次导入显示已办', en: 'instructions to the business system, watched until an import shows them done',
  }))
  instruction.command('export').description(t({ zh: '导出尚未下达的处置', en: 'export the dispositions that have not gone out yet' }))
    .addOption(yearOption(context)).addOption(districtOption(context))
    .option('--type <type>', t({ zh: '只导出一种单据', en: 'only one type of document' }))
    .addOption(new Option(
      '--format <format>', t({ zh: '格式（见 documents.yaml 的 instructions）', en: 'format (instructions of documents.yaml)' }),
    ).default('csv'))
    .requiredOption('--out <folder>', t({ zh: '目标文件夹', en: 'folder to write to' }))
    .option('--as <actor>', t({ zh: '下达人（默认：系统用户）', en: 'who issues it (default: the system user)' }))
    .addOption(jsonOption(context))
    .action((flags: ExportFlags) => exportInstruction(context, flags))
  instruction.command('list').description(t({ zh: '已下达的指令与未办的行', en: 'instructions that went out, and what is open of them' }))
    .addOption(yearOption(context)).addOption(districtsOption(context))
    .option('--open', t({ zh: '只看未办完的', en: 'only those that are not done' })).addOption(jsonOption(context))
    .action((flags: { year?: number; district?: string[]; open?: boolean; json?: boolean }) => list(context, flags))
}

async function exportInstruction(context: CliContext, flags: ExportFlags): Promise<void> {
  const { district, out, json } = flags
  knownDistricts(context, [district])
  const year = await yearOf(context, flags.year)
  const { documents } = context.config()
  const layout = documents.instructions.formats[flags.format]
  if (!layout) {
    throw usageError({
      zh: `没有格式 ${flags.format}；可用：${Object.keys(documents.instructions.formats).join('、')}`,
      en: `there is no format ${flags.format}; there are: ${Object.keys(documents.instructions.formats).join(', ')}`,
    })
  }
  const { db } = await context.books()
  const scopeId = await findScope(db, district, year)
  if (scopeId === null) {
    throw refusal({ code: 'no-input', zh: `${district} 没有 ${year} 年的数据`, en: `there is no input of ${year} in ${district}` })
  }
  if (flags.as !== undefined && !context.actors().actors.some(({ name, revoked }) => name === flags.as && !revoked)) {
    throw refusal({ code: 'unknown-actor', zh: `没有登记操作人 ${flags.as}。`, en: `there is no actor ${flags.as}` })
  }
  const by = flags.as ?? userOf(context)
  const made = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('scopes').select('scope_id').where('scope_id', '=', scopeId).forUpdate().executeTakeFirstOrThrow()
    const pending = await pendingDispositions(trx, scopeId, documents, flags.type)
    if (pending.length === 0) return null
    const last = await trx.selectFrom('instructions').select(({ fn }) => fn.max('sequence').as('sequence'))
      .where('scope_id', '=', scopeId).executeTakeFirst()
    const sequence = (last?.sequence ?? 0) + 1
    const instruction = instructionNumber(year, district, sequence)
    const lines = linesOf(pending, { instruction, district, year, documents })
    const bytes = encode(instructionText(layout, lines), layout.kind === 'csv' ? layout.encoding : 'utf-8', layout.kind === 'csv')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const file = `${instruction}.${layout.kind}`
    mkdirSync(out, { recursive: true })
    // An instruction that went out is never written over.
    writeFileSync(join(out, file), bytes, { flag: 'wx' })
    await storeInstruction(
      trx,
      { scopeId, instruction, sequence, format: flags.format, file, sha256, inputVersion: await inputVersionOf(
        trx, scopeId,
      ), by },
      pending, lines,
    )
    await appendAudit(trx, {
      district, kind: 'instruction.exported', actor: by, subject: instruction,
      detail: { format: flags.format, file, sha256, lines: lines.length },
    })
    return { instruction, file: join(out, file), sha256, lines: lines.length }
  })
  if (json) return context.printJson(made ?? { instruction: null, lines: 0 })
  if (!made) return context.message({ zh: '没有需要下达的处置', en: 'there is nothing to instruct' })
  context.print(context.t({
    zh: `指令 ${made.instruction}：${made.lines} 份单据，${made.file}\nSHA-256 ${made.sha256}\n业务系统办理后重新导入数据，未办的用 nianjie instruction list --open 查看`,
    en: `instruction ${made.instruction}: ${made.lines} documents, ${made.file}\nSHA-256 ${made.sha256}\nimport the district's data again when it is carried out; nianjie instruction list --open shows what is not`,
  }))
}

function encode(text: string, encoding: 'utf-8' | 'gb18030', mark: boolean): Buffer {
  return encoding === 'gb18030' ? encodeGb18030(text) : Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf8')
}

async function list(
  context: CliContext,
  { year: given, district, open, json }: { year?: number; district?: string[]; open?: boolean; json?: boolean },
): Promise<void> {
  const districts = knownDistricts(context, district)
  const found = (await listInstructions(
    (await context.books()).db, await yearOf(context, given), context.config().documents, districts,
  ))
    .filter((one) => !open || one.open.length > 0)
  if (json) return context.printJson(found)
  if (found.length === 0) return context.message({ zh: '没有指令', en: 'there are no instructions' })
  const titles = context.lang === 'zh'
    ? ['指令', '区划', '下达', '下达人', '格式', '单据', '已办', 'SHA-256']
    : ['Instruction', 'District', 'Issued', 'By', 'Format', 'Documents', 'Done', 'SHA-256']
  context.print(table(titles.map((title) => ({ title, align: 'left' as const })), found.map((one) =>
    [
      one.instruction, one.district, localTime(one.exportedAt), safeText(one.exportedBy), one.format, String(one.lines),
      String(one.done), one.sha256.slice(0, 16),
    ])))
  for (const one of found) if (one.open.length > 0) context.print(openText(context, one))
}

const SHOWN = 20

function openText({ t }: CliContext, { instruction, open }: InstructionState): string {
  const rows = open.slice(0, SHOWN)
    .map(({ type, number, target, status }) =>
      `  ${type}/${safeText(number)}  ${status ?? t({ zh: '（已不在）', en: '(absent)' })} → ${target}`)
  return [
    t({ zh: `${instruction} 未办 ${open.length} 份：`, en: `${instruction}, ${open.length} not done:` }), ...rows,
    ...(open.length > SHOWN ? [`  +${open.length - SHOWN}`] : []),
  ].join('\n')
}
