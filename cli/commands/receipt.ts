/** `nianjie receipt`: what the bank or the treasury answered about a document that was sent. */
import { type Command, Option } from 'commander'
import type { ReceiptRow } from '../operations.ts'
import { type ConfirmFlags, addConfirmOptions, confirm } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { readTable } from '../shared/given-table.ts'
import { asOption, districtOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'

interface ReceiptFlags extends ConfirmFlags {
  year?: number; district: string; type: string; number?: string; outcome?: ReceiptRow['outcome']; reference?: string
  comment?: string; file?: string
  as: string; json?: boolean
}
const OUTCOMES = ['completed', 'returned'] as const

export function registerReceipt(program: Command, context: CliContext): void {
  const { t } = context
  const command = program.command('receipt')
    .description(t({ zh: '登记回单：已支付或已退回（签名，不可重复）', en: 'register a receipt: paid or returned (signed, never twice)' }))
    .addOption(yearOption(context)).addOption(districtOption(context))
    .addOption(new Option('--type <type>', t({ zh: '单据类型', en: 'type of document' })).default('PAY_CERT'))
    .option('--number <number>', t({ zh: '单据号', en: 'number of the document' }))
    .addOption(new Option('--outcome <outcome>', t({ zh: '结果', en: 'outcome' })).choices([...OUTCOMES]))
    .option('--reference <reference>', t({ zh: '回单号（银行流水号）', en: 'number of the receipt' }))
    .option('--comment <text>', t({ zh: '说明', en: 'comment' }))
    .option('--file <csv>', t({
      zh: 'CSV 文件，列：number,outcome,reference（可加 type,comment）',
      en: 'CSV file with the columns number,outcome,reference (type and comment too)',
    }))
    .addOption(asOption(context))
    .addOption(jsonOption(context))
  addConfirmOptions(command, context).action((flags: ReceiptFlags) => register(context, flags))
}

async function register(context: CliContext, flags: ReceiptFlags): Promise<void> {
  const { district, as: actor } = flags
  knownDistricts(context, [district])
  const rows = rowsOf(flags)
  const year = await yearOf(context, flags.year)
  if (flags.dryRun) return context.message({ zh: `将登记 ${rows.length} 份回单`, en: `would register ${rows.length} receipts` })
  await confirm(context, flags, {
    zh: `登记 ${district} ${rows.length} 份回单？`, en: `Register ${rows.length} receipts of ${district}?`,
  })
  const answer = await (await context.operations()).registerReceipts({ year, district, actor, rows })
  if (!answer.ok) throw refusal(answer)
  if (flags.json) return context.printJson({ year, district, registered: answer.registered, already: answer.already })
  context.print(context.t({
    zh: `已登记 ${answer.registered} 份回单${answer.already > 0 ? `，${answer.already} 份此前已登记` : ''}`,
    en: `${answer.registered} receipts registered${answer.already > 0 ? `, ${answer.already} were registered before` : ''}`,
  }))
}

function rowsOf({ file, number, outcome, reference, type, comment = '' }: ReceiptFlags): ReceiptRow[] {
  if (file !== undefined) {
    if (number !== undefined) throw usageError({ zh: '--number 与 --file 只能给一个', en: 'give either --number or --file' })
    return readRows(file, type, comment)
  }
  if (!number || !outcome || !reference?.trim()) {
    throw usageError({
      zh: '需要 --number、--outcome 和 --reference，或 --file', en: '--number, --outcome and --reference are needed, or --file',
    })
  }
  return [{ type, number, outcome, reference: reference.trim(), comment }]
}

/** Rows of a file of receipts; what a row leaves open is as on the command line. @throws CliError usage */
function readRows(file: string, type: string, comment: string): ReceiptRow[] {
  return readTable(file, (cells, complain): ReceiptRow => {
    for (const name of ['number', 'reference']) if (!cells[name]) complain(name, '缺少', 'missing')
    const outcome = OUTCOMES.find((one) => one === cells.outcome)
    if (!outcome) complain('outcome', '应为 completed 或 returned', 'expected one of these')
    return {
      type: cells.type || type, number: cells.number ?? '', outcome: outcome ?? 'completed', reference: cells.reference ?? '',
      comment: cells.comment || comment,
    }
  })
}
