/** `nianjie assets workbook`: a correction workbook for each unit of a district. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { pinnedConfig } from '../../activities/deps.ts'
import { openRound } from '../../books/assets/rounds.ts'
import { type UnitRows, rowsByUnit } from '../../books/assets/rows.ts'
import { AssetCheckUnderWay, type Standing, assetStanding } from '../../books/assets/standing.ts'
import { correctionWorkbook } from '../../report/asset-workbook.ts'
import { assetProgress } from '../shared/asset-progress.ts'
import { userOf } from '../shared/confirm.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal } from '../shared/exit.ts'
import { districtNames, districtOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'

interface WorkbookOptions {
  year?: number; district: string; unit?: string[]; out: string; acceptSuggestions?: boolean; json?: boolean
}

export function registerWorkbook(group: Command, context: CliContext): void {
  const { t } = context
  group.command('workbook')
    .description(t({
      zh: '为每个单位生成更正表（XLSX），发给单位填写后用 import-corrections 收回',
      en: 'write a correction workbook (XLSX) for each unit, to be filled in and taken back by import-corrections',
    }))
    .addOption(districtOption(context))
    .addOption(yearOption(context))
    .addOption(new Option('--unit <unit...>', t({ zh: '只要这些单位', en: 'only these units' })))
    .addOption(new Option('--out <folder>', t({ zh: '写入的文件夹', en: 'folder to write to' })).makeOptionMandatory())
    .addOption(new Option('--accept-suggestions', t({
      zh: '把建议值填入更正值一列（仍须由人签名导入）', en: 'fill the column of the correction with what is suggested (a person still signs for it)',
    })))
    .addOption(jsonOption(context))
    .action((options: WorkbookOptions) => writeWorkbooks(context, options))
}

async function writeWorkbooks(context: CliContext, options: WorkbookOptions): Promise<void> {
  const [district] = knownDistricts(context, [options.district]) as [string]
  const year = await yearOf(context, options.year)
  const books = await context.books()
  const standing = await assetStanding(books.db, {
    district, year, config: context.config(), pinned: (digest) => pinnedConfig(books.db, digest),
    heartbeat: assetProgress(context, district),
  }).catch((error: unknown) => { throw error instanceof AssetCheckUnderWay ? refusal({
    code: 'check-running', zh: `${district} 正在体检，请稍后再试`, en: `the assets of ${district} are being checked: try again in a moment`,
  }) : error })
  if (!standing) {
    throw refusal({
      code: 'no-input', zh: `${district} 没有 ${year} 年度的导入数据：先用 nianjie import 导入`,
      en: `${district} has no input of ${year}: load it with nianjie import first`,
    })
  }
  const units = (await rowsByUnit(books.pool, standing))
    .filter(({ unit }) => options.unit === undefined || options.unit.includes(unit))
  await mkdir(options.out, { recursive: true })
  const written = []
  for (const unit of units) written.push(await writeOne(context, standing, unit, options))
  if (options.json) return context.printJson({ district, year, inputVersion: standing.inputVersion, workbooks: written })
  for (const one of written) {
    context.print(safeText(context.t({
      zh: `${one.file}：单位 ${one.unit || '（未指明）'} ${one.name}，第 ${one.round} 轮，${one.findings} 个问题，${one.rows} 行`,
      en: `${one.file}: unit ${one.unit || '(none)'} ${one.name}, round ${one.round}, ${one.findings} findings, ${one.rows} rows`,
    })))
  }
  if (written.length === 0) context.message({ zh: '没有待处理的问题，不需要更正表', en: 'nothing is open: no workbook is needed' })
}

async function writeOne(
  context: CliContext, standing: Standing, unit: UnitRows, { out, acceptSuggestions = false }: WorkbookOptions,
) {
  const { scopeId, inputVersion, district } = standing
  const { round } = await openRound((await context.books()).db, { scopeId, inputVersion, by: userOf(context) }, unit)
  const bytes = await correctionWorkbook({
    standing, districtName: districtNames(context).get(district)?.zh ?? '', unit, round, acceptSuggestions,
  })
  // A unit's code is data: nothing in it may lead out of the folder.
  const name = `${district}-${unit.unit.replace(/[^\p{L}\p{N}_-]/gu, '_') || '未指明单位'}-第${round}轮.xlsx`
  const file = join(out, name)
  await writeFile(`${file}.${process.pid}.part`, bytes)
  await rename(`${file}.${process.pid}.part`, file)
  return {
    file, unit: unit.unit, name: unit.name, round, findings: new Set(unit.rows.map(({ finding }) => finding.id)).size,
    rows: unit.rows.length,
  }
}
