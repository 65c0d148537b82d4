/** `nianjie import-statement`: files of banks, the treasury and units, each in its own layout. */
import { userInfo } from 'node:os'
import { type Command, Option } from 'commander'
import { actsFor, judgeIdentity } from '../../activities/judge.ts'
import type { StoredDecision } from '../../books/decisions.ts'
import { touchedRuns } from '../../books/import/consequences.ts'
import { importStatement } from '../../books/statements/load.ts'
import { listStatements, removeStatement } from '../../books/statements/remove.ts'
import { StatementRefused } from '../../books/statements/report.ts'
import { formatYuan } from '../../domain/money.ts'
import { keysFolderOf, signAs } from '../operations/keys.ts'
import { announceInput } from '../shared/announce-input.ts'
import type { CliContext } from '../shared/context.ts'
import { EXIT, refusal, usageError } from '../shared/exit.ts'
import { jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { formatsTable, printStatement, statementJson, statementsTable } from '../shared/statement-text.ts'
import { asCliError } from './import.ts'

interface Flags {
  format?: string; district?: string; year?: number; preview?: boolean; replace: string[]; allowRepeats?: boolean; as?: string
  list?: boolean; all?: boolean; formats?: boolean; remove?: string; json?: boolean
}

export function registerImportStatement(program: Command, context: CliContext): void {
  const { t } = context
  program.command('import-statement')
    .description(t({
      zh: '按格式文件载入银行、国库或单位的对账单（CSV、XLSX），整份载入或分毫不动',
      en: 'load a statement of a bank, the treasury or a unit in its own layout (CSV, XLSX), as a whole or not at all',
    }))
    .argument('[file]', t({ zh: '对账单文件', en: 'the file' }))
    .option('--format <name>', t({
      zh: '格式（config/formats 中的名称，见 --formats）', en: 'layout: a name in config/formats, see --formats',
    }))
    .option('--district <code>', t({ zh: '区划（默认：唯一有数据的区划）', en: 'district (default: the only one that has input)' }))
    .addOption(yearOption(context))
    .option('--preview', t({ zh: '只看将载入什么，不写入', en: 'only show what would be loaded' }))
    .addOption(new Option('--replace <name>', t({ zh: '取代先前载入的文件（可重复）；statements.csv 表示取代其中同一对账、同一对账方的行', en: 'take the place of an earlier file (repeatable); statements.csv means its rows of the same reconciliation and party' }))
      .argParser((name: string, names: string[]) => [...names, name]).default([] as string[], t({ zh: '无', en: 'none' })))
    .option('--allow-repeats', t({ zh: '与别处相同的行也载入', en: 'load rows that stand in another file already' }))
    .option('--as <actor>', t({ zh: '以哪位操作人的身份（签名）', en: 'as which actor (signed)' }))
    .option('--list', t({ zh: '列出已载入的文件', en: 'list the files that are loaded' }))
    .option('--all', t({ zh: '连同已被取代、已取出的', en: 'with those that were replaced or removed' }))
    .option('--remove <name>', t({ zh: '取出一份已载入的文件', en: 'take a loaded file out again' }))
    .option('--formats', t({ zh: '列出所有格式', en: 'list the layouts' }))
    .addOption(jsonOption(context))
    .action((file: string | undefined, flags: Flags) => run(context, file, flags))
}

async function run(context: CliContext, file: string | undefined, flags: Flags): Promise<void> {
  const asked = [file !== undefined, flags.list, flags.remove !== undefined, flags.formats].filter(Boolean).length
  if (asked !== 1) {
    throw usageError({ zh: '给出一个文件，或 --list、--remove、--formats 之一', en: 'give one file, or one of --list, --remove, --formats' })
  }
  if (flags.formats) return listFormats(context, flags)
  if (flags.list) return list(context, flags)
  try {
    if (flags.remove !== undefined) await remove(context, flags.remove, flags)
    else await load(context, file!, flags)
  } catch (error) {
    throw error instanceof StatementRefused ? refusal(error) : asCliError(error)
  }
}

async function load(context: CliContext, path: string, flags: Flags): Promise<void> {
  const config = context.config()
  const layout = flags.format !== undefined && Object.hasOwn(config.formats, flags.format)
    ? config.formats[flags.format]
    : undefined
  if (!layout) {
    const names = Object.keys(config.formats).join(' ')
    throw usageError({ zh: `用 --format 指定格式，可选：${names}`, en: `say the layout with --format; there are ${names}` })
  }
  const { district, year } = await placeOf(context, flags)
  const signer = signerOf(context, flags, district)
  const books = await context.books()
  const report = await importStatement(books, {
    path, district, year, format: flags.format!, layout, input: config.input, replace: flags.replace,
    allowRepeats: flags.allowRepeats ?? false,
    preview: flags.preview ?? false, by: signer.name, sign: signer.sign,
  })
  if (flags.json) context.printJson(statementJson(report))
  else printStatement(context, report)
  if (report.problemCount > 0) return context.exitWith(EXIT.usage)
  if (report.refusal) throw refusal(report.refusal)
  if (report.version !== null) {
    await announceInput(context, {
      year, district, version: report.version, loaded: true, touched: await touchedRuns(books.db, district, year),
    })
  }
}

async function remove(context: CliContext, name: string, flags: Flags): Promise<void> {
  const { district, year } = await placeOf(context, flags)
  const books = await context.books()
  const { name: by, sign } = signerOf(context, flags, district)
  const removal = await removeStatement(books, { district, year, name, by, sign })
  if (flags.json) context.printJson(removal)
  else {
    context.print(context.t({
      zh: `${district}：已取出 ${removal.file}（${removal.rows} 行，第 ${removal.version} 版）`,
      en: `${district}: removed ${removal.file} (${removal.rows} rows, version ${removal.version})`,
    }))
    if (removal.backWithFolder) {
      context.print(context.t({
        zh: '  它取代的 statements.csv 的行在下次导入该文件夹时载入',
        en: '  the rows of statements.csv that it stood for come back with the next import of the folder',
      }))
    }
  }
  await announceInput(context, {
    year, district, version: removal.version, loaded: true, touched: await touchedRuns(books.db, district, year),
  })
}

async function list(context: CliContext, flags: Flags): Promise<void> {
  const districts = knownDistricts(context, flags.district === undefined ? undefined : [flags.district])
  const year = await yearOf(context, flags.year)
  const files = await listStatements((await context.books()).db, { year, districts, all: flags.all ?? false })
  if (flags.json) context.printJson(files.map((file) => ({ ...file, amount: formatYuan(file.amount) })))
  else context.print(statementsTable(context, files))
}

function listFormats(context: CliContext, flags: Flags): void {
  const formats = Object.entries(context.config().formats)
    .map(([key, { name, reconciliation, files }]) => ({ format: key, name, reconciliation, files }))
  if (flags.json) context.printJson(formats)
  else context.print(formatsTable(context, formats))
}

/** The year under way and, where only one district has input of it, that one. */
async function placeOf(context: CliContext, flags: Flags): Promise<{ district: string; year: number }> {
  knownDistricts(context, flags.district === undefined ? undefined : [flags.district])
  const year = await yearOf(context, flags.year)
  if (flags.district !== undefined) return { district: flags.district, year }
  const rows = await (await context.books()).db.selectFrom('scopes').select('district').where('year', '=', year).execute()
  if (rows.length === 1) return { district: rows[0]!.district, year }
  throw usageError({ zh: '用 --district 指定区划', en: 'say the district with --district' })
}

/** Without --as the name of the operating-system user, as for an import; with it a known actor who holds the key. */
function signerOf(
  context: CliContext, { as: name }: Flags, district: string,
): { name: string; sign: ((text: string) => string) | null } {
  if (name === undefined) return { name: context.env.USER || userInfo().username, sign: null }
  return {
    name, sign: (text) => {
      const signature = signAs(keysFolderOf(context.env), name, text)
      const judged = judgeIdentity({ actor: name, payload: text, signature: signature ?? '' } as StoredDecision, context.actors())
      if (signature === null && (!judged.refusal || judged.refusal.code === 'bad-signature')) {
        throw refusal({ code: 'no-key', zh: `这里没有 ${name} 的私钥`, en: `the private key of ${name} is not here` })
      }
      if (judged.refusal) throw refusal(judged.refusal)
      if (!actsFor(judged.actor, district)) {
        throw refusal({
          code: 'not-allowed', zh: `${name} 不负责区划 ${district}`, en: `${name} does not act for district ${district}`,
        })
      }
      return signature!
    },
  }
}
