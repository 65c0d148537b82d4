/** `nianjie explain`: how an opening balance came about. */
import { type Command, Option } from 'commander'
import { findGeneration } from '../../books/export/export.ts'
import { type Explanation, explainBalance } from '../../books/steps/carry-forward/index.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { districtOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { table } from '../shared/width.ts'

interface ExplainOptions { district: string; book: string; account: string; year?: number; rehearsal?: boolean; json?: boolean }

export function registerExplain(program: Command, context: CliContext): void {
  const { t } = context
  program.command('explain')
    .description(t({
      zh: '期初余额从何而来：上年期初、发生额、每笔结转、新旧对照、结果',
      en: 'how an opening balance came about: opening, turnover, closing entries, mapping, result',
    }))
    .addOption(districtOption(context))
    .addOption(new Option('--book <book>', t({ zh: '账套', en: 'book' })).makeOptionMandatory())
    .addOption(new Option('--account <account>', t({ zh: '明细科目', en: 'posting account' })).makeOptionMandatory())
    .addOption(yearOption(context))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: ExplainOptions) => printExplanation(context, options))
}

async function printExplanation(context: CliContext, options: ExplainOptions): Promise<void> {
  const [district] = knownDistricts(context, [options.district])!
  const year = await yearOf(context, options.year)
  const { db } = await context.books()
  const source = await findGeneration(db, { district: district!, closingYear: year, rehearsal: options.rehearsal })
    ?? await findGeneration(db, { district: district!, closingYear: year, rehearsal: options.rehearsal, planned: true })
  if (!source) {
    throw refusal({ code: 'no-plan', zh: `${district} ${year} 年度还没有年终结转`, en: `${district} has no carry-forward of ${year} yet` })
  }
  const explanation = await db.transaction().execute((trx) => explainBalance(trx, source.carryId, options))
  if (!explanation) {
    throw usageError({
      zh: `账套 ${options.book} 没有科目 ${options.account}`, en: `book ${options.book} has no account ${options.account}`,
    })
  }
  if (options.json) return context.printJson(explanation)
  context.print(explanationText(context, explanation))
}

function explanationText(
  context: CliContext, { book, account, name, year, cells, closing, mappings, openings, totals }: Explanation,
): string {
  const { t, lang } = context
  const zh = lang === 'zh'
  const money = (yuan: string) => displayYuan(parseYuan(yuan))
  const dims = (row: { dims: Readonly<Record<string, string>> }) =>
    Object.entries(row.dims).map(([key, code]) => `${key}=${safeText(code)}`).join(' ') || '-'
  const right = (title: string) => ({ title, align: 'right' as const })
  const section = (title: { zh: string; en: string }, rows: string) => ['', t(title), rows]
  return [
    `${safeText(book)} ${account} ${safeText(name)}`,
    ...section({ zh: `${year} 年`, en: `Year ${year}` }, table(
      zh ? [{ title: '辅助核算' }, right('期初'), right('借方'), right('贷方'), right('余额')] : [
        { title: 'Dimensions' }, right('Opening'), right('Debit'), right('Credit'), right('Balance'),
      ],
      cells.map((row) => [dims(row), money(row.opening), money(row.debit), money(row.credit), money(row.balance)]))),
    ...section({ zh: '结转分录', en: 'Closing entries' }, closing.length === 0 ? t({ zh: '无', en: 'none' }) : table(
      zh ? [{ title: '凭证' }, { title: '规则' }, { title: '依据' }, { title: '辅助核算' }, right('借方'), right('贷方')]
        : [
          { title: 'Voucher' }, { title: 'Rule' }, { title: 'Source' }, { title: 'Dimensions' }, right('Debit'), right('Credit'),
        ],
      closing.map((row) => [row.voucher, t(row.name), row.source, dims(row), money(row.debit), money(row.credit)]))),
    ...(mappings.length === 0 ? [] : section(
      { zh: '新旧对照', en: 'Mapping' },
      mappings.map((row) => `${row.table} ${safeText(row.old)} → ${safeText(row.new)} × ${row.share}`).join('\n'),
    )),
    ...section({ zh: `${year + 1} 年期初`, en: `Openings of ${year + 1}` }, openings.length === 0 ? t({ zh: '无', en: 'none' }) : table(
      zh ? [{ title: '科目' }, { title: '辅助核算' }, right('余额')] : [{ title: 'Account' }, { title: 'Dimensions' }, right('Balance')],
      openings.map((row) => [row.account, dims(row), money(row.balance)]))),
    '',
    t({ zh: `结转前 ${money(totals.before)}，结转 ${money(totals.closing)}，结转后 ${money(totals.after)}，期初合计 ${money(totals.opening)}（借方为正）`,
      en: `before ${money(totals.before)}, closing ${money(totals.closing)}, after ${money(totals.after)}, openings in all ${money(totals.opening)} (debit positive)` }),
  ].join('\n')
}
