/** `nianjie difference statement`: the 余额调节表 of a reconciliation, for the whole and for each bank or other party. */
import { type Command, Option } from 'commander'
import { pinnedConfig } from '../../activities/deps.ts'
import { type BalanceStatement, type StatementSide, readStatements } from '../../books/differences/statement.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { kindText } from '../shared/difference-text.ts'
import type { Text } from '../shared/lang.ts'
import {
  districtNames, districtOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption,
} from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { DIFFERENCE_STATE_WORDS } from '../shared/terms.ts'
import { pad, table } from '../shared/width.ts'

interface StatementOptions {
  year?: number; district: string; reconciliation?: string; party?: string; rehearsal?: boolean; json?: boolean
}

export function registerDifferenceStatement(difference: Command, context: CliContext): void {
  const { t } = context
  difference.command('statement').description(t({
    zh: '余额调节表：双方余额、未达账项、调节后余额', en: 'adjusted balances: both balances, what is in transit, and whether they tie',
  }))
    .addOption(yearOption(context))
    .addOption(districtOption(context))
    .addOption(new Option(
      '--reconciliation <number>',
      t({ zh: '对账编号，如 R7（默认：有差异的）', en: 'number of the reconciliation, such as R7 (default: those that differ)' }),
    ))
    .addOption(new Option('--party <party>', t({ zh: '银行、单位等对方', en: 'bank, unit or other party' })))
    .addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
    .action((options: StatementOptions) => printStatements(context, options))
}

async function printStatements(context: CliContext, { year: given, district, json, ...filter }: StatementOptions): Promise<void> {
  const districts = knownDistricts(context, [district])
  const year = await yearOf(context, given)
  const { db } = await context.books()
  const statements = await readStatements(
    db, { ...filter, year, districts, onlyUnequal: filter.reconciliation === undefined }, pinnedConfig,
  )
  if (json) return context.printJson(statements)
  if (statements.length === 0) {
    return context.message({
      zh: '没有符合条件的余额调节表（对账尚未执行，或没有差异）', en: 'there is no statement that fits: nothing was reconciled yet, or nothing differs',
    })
  }
  context.print(statements.map((statement) => statementText(context, statement)).join('\n\n'))
}

const money = (yuan: string): string => displayYuan(parseYuan(yuan))

function statementText(context: CliContext, one: BalanceStatement): string {
  const { t } = context
  const name = districtNames(context).get(one.district)
  return [
    `${t({ zh: '余额调节表', en: 'Adjusted balances' })}  ${one.reconciliation} ${t(one.name)}  ${safeText(one.party)}  ${one.district} ${name ? t(name) : ''} ${one.year}`,
    ...sideLines(context, one.a), ...sideLines(context, one.b),
    one.ties ? t({ zh: '调节后余额相符', en: 'The adjusted balances tie' })
      : t({ zh: `调节后余额不符，相差 ${money(one.difference)}`, en: `The adjusted balances do not tie: ${money(one.difference)} apart` }),
    ...(one.missing.length === 0 ? [] : [t({ zh: '未列为未达账项的差异', en: 'Differences that are not in transit' }), table(
      [
        { title: t({ zh: '编号', en: 'Id' }) }, { title: t({ zh: '对象', en: 'Key' }) },
        { title: t({ zh: '差额', en: 'Difference' }), align: 'right' }, { title: t({ zh: '原因', en: 'Kind' }) },
        { title: t({ zh: '状态', en: 'State' }) },
      ],
      one.missing.map((each) => [
        each.id, each.key, money(each.difference), kindText(context, each.kind), t(DIFFERENCE_STATE_WORDS[each.state]),
      ]))]),
    ...(one.unplaced === '0.00' ? [] : [t({
      zh: `另有 ${money(one.unplaced)} 不属于该对方的任何一项差异`, en: `${money(one.unplaced)} more belongs to no difference of this party`,
    })]),
  ].join('\n')
}

function sideLines({ t }: CliContext, { name, opening, movement, balance, items, adjusted }: StatementSide): string[] {
  const row = (label: string, yuan: string, after = '') => `  ${pad(label, 44)} ${money(yuan).padStart(20)}  ${after}`.trimEnd()
  const words: Record<'opening' | 'movement' | 'balance' | 'adjusted', Text> = {
    opening: { zh: '期初余额（账面）', en: 'opening balance (ledger)' }, movement: { zh: '本期发生', en: 'movement' },
    balance: { zh: '余额', en: 'balance' }, adjusted: { zh: '调节后余额', en: 'adjusted balance' },
  }
  return [
    t(name), ...(opening === '0.00' ? [] : [row(t(words.opening), opening), row(t(words.movement), movement)]),
    row(t(words.balance), balance),
    ...items.map((item) => row(
      `${item.amount.startsWith('-') ? t({ zh: '减', en: 'less' }) : t({ zh: '加', en: 'plus' })} ${safeText(item.key)}`,
      item.amount, `${item.since ?? ''}  ${safeText(item.explanation)}`,
    )),
    row(t(words.adjusted), adjusted),
  ]
}
