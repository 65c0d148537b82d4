/** `npm start`: everything embedded, the bundled sample, the year-end of all districts. */
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { importFolder } from '../../books/import/import-folder.ts'
import { formatProblem } from '../../books/import/report.ts'
import { readStatus, type Status } from '../../books/read-model/status.ts'
import { loadTimeRules } from '../../config/attribution.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { readReport } from '../../report/read.ts'
import { FORMATS, writeReport } from '../../report/write.ts'
import { writeSample } from '../../sample/generate.ts'
import { homeOf } from '../local/home.ts'
import { openLocal } from '../local/open-local.ts'
import { liveState } from '../local/stale.ts'
import { keysFolderOf } from '../operations/keys.ts'
import { type Cast, castActors } from '../sample/actors.ts'
import { driveYear } from '../sample/drive.ts'
import { progressPrinter } from '../sample/progress.ts'
import type { CliContext } from '../shared/context.ts'
import { failure, refusal } from '../shared/exit.ts'
import { SAMPLE_ENTRIES, SAMPLE_SEED, SAMPLE_YEAR } from './sample.ts'
import { openUi } from './ui.ts'

interface StartSampleFlags { handsFree?: boolean; entries: number; out: string; fresh?: boolean }

export const IMPORTER = 'sample'

export function registerStartSample(program: Command, context: CliContext): void {
  const { t } = context
  program.command('start-sample')
    .description(t({
      zh: '一键示例：启动本地服务，导入示例数据，运行全部区划的年结（npm start）',
      en: 'the sample in one go: local servers, sample input, the year-end of all districts (npm start)',
    }))
    .option('--hands-free', t({
      zh: '由示例操作人决定一切，最后输出报告', en: 'let the sample actors decide everything and end with the reports',
    }))
    .option('--entries <n>', t({ zh: '每个区划的分录行数', en: 'entry lines of each district' }), entriesNumber, SAMPLE_ENTRIES)
    .option('--out <folder>', t({ zh: '报告文件夹', en: 'folder for the reports' }), 'reports')
    .option('--fresh', t({ zh: '删除 NIANJIE_HOME 中的示例，从头开始', en: 'delete the sample in NIANJIE_HOME and begin anew' }))
    .action((flags: StartSampleFlags) => startSample(context, flags))
}

async function startSample(context: CliContext, flags: StartSampleFlags): Promise<void> {
  const home = homeOf(context.env)
  const folder = join(home, 'sample')
  // The sample's keys stay in the run's own folder; every command of this process signs from there.
  context.env.NIANJIE_KEYS ||= join(folder, 'keys')
  if (flags.fresh) deleteSample(context, home)
  const local = await openLocal(context.env, (text) => context.message(text))
  context.onClose(() => local.close())
  const cast = castActors(context.config(), { overlay: overlayFolder(context.env), keysFolder: keysFolderOf(context.env) })
  const handsFree = flags.handsFree || !context.isTTY
  const status = await prepare(context, folder, flags.entries)
  if (status.state === 'completed') {
    context.message({
      zh: `${SAMPLE_YEAR} 年示例年结已全部签署归档；--fresh 可从头再来`,
      en: `the sample's year-end ${SAMPLE_YEAR} is signed off already; --fresh begins anew`,
    })
  }
  if (!handsFree) return openAsCoordinator(context)
  const began = Date.now()
  if (status.state !== 'completed') await runHandsFree(context, folder, cast, flags.entries)
  await finish(context, flags.out, (Date.now() - began) / 1000)
}

/** Input, import and start, as far as they are not there yet: what was begun before goes on. */
async function prepare(context: CliContext, folder: string, entries: number): Promise<Status> {
  const { db } = await context.books()
  const config = context.config()
  const names = new Map(config.districts.districts.map((one) => [one.code, one.name]))
  await refuseOtherData(context)
  const wanted = config.districts.districts.filter((one) => one.enabled).length
  let status = await readStatus(db, { year: SAMPLE_YEAR }, names)
  if (status.state === 'completed' && status.districts.length >= wanted) return status
  const input = join(folder, 'input')
  if (status.districts.length < wanted) {
    context.message({
      zh: `生成并导入示例数据：${wanted} 个区划，每个 ${entries} 行分录…`,
      en: `writing and importing the sample: ${wanted} districts, ${entries} entry lines each…`,
    })
    await writeSample({ out: input, seed: SAMPLE_SEED, entries, year: SAMPLE_YEAR, districts: [], corrected: false, config })
    await importSample(context, input, [])
  }
  // A start that was cut off leaves runs that nobody works on: only the operations can tell them from live ones.
  const started = await (await context.operations()).start({ year: SAMPLE_YEAR, districts: [], kind: 'real', by: IMPORTER })
  if (started.ok) {
    context.message({
      zh: `${SAMPLE_YEAR} 年年结已开始：${started.started.length} 个区划`,
      en: `the year-end of ${SAMPLE_YEAR} has started in ${started.started.length} districts`,
    })
  } else if (started.code !== 'already-live') throw refusal(started)
  status = await readStatus(db, { year: SAMPLE_YEAR }, names)
  return status
}

/** An office's own input is never mixed with the sample. */
async function refuseOtherData(context: CliContext): Promise<void> {
  const { db } = await context.books()
  const other = await db.selectFrom('input_versions').innerJoin('scopes', 'scopes.scope_id', 'input_versions.scope_id')
    .select('district')
    .where('year', '=', SAMPLE_YEAR).where('imported_by', 'is distinct from', IMPORTER).limit(1).executeTakeFirst()
  if (!other) return
  throw refusal({
    code: 'other-data', zh: `这里已有 ${SAMPLE_YEAR} 年的正式数据（${other.district}），示例不会与之混在一起：用 NIANJIE_HOME 另选目录`,
    en: `there is real input of ${SAMPLE_YEAR} here (${other.district}); the sample is not mixed with it: choose another NIANJIE_HOME`,
  })
}

async function importSample(context: CliContext, folder: string, districts: readonly string[]): Promise<void> {
  const report = await importFolder(await context.books(), {
    folder, year: SAMPLE_YEAR, districts, config: context.config(), by: IMPORTER,
  })
  const problems = report.districts.flatMap(
    (one) => one.problems.map((problem) => `${one.district} ${formatProblem(problem, context.lang)}`),
  )
  if (problems.length > 0) {
    throw failure({ zh: `示例数据未能导入：${problems[0]}`, en: `the sample could not be imported: ${problems[0]}` })
  }
  const operations = await context.operations()
  if (districts.length === 0) return
  for (const one of report.districts) {
    if (one.version !== null) await operations.announceInput({ year: SAMPLE_YEAR, district: one.district, version: one.version })
  }
}

function openAsCoordinator(context: CliContext): Promise<void> {
  context.message({
    zh: '您是协调人 chen.jie。想让示例操作人自己决定：在另一个终端运行 npm start -- --hands-free',
    en: 'You are the coordinator, chen.jie. To let the sample actors decide, run npm start -- --hands-free in another terminal',
  })
  return openUi(context, { year: SAMPLE_YEAR, as: 'chen.jie' })
}

async function runHandsFree(context: CliContext, folder: string, cast: Cast, entries: number): Promise<void> {
  const config = context.config()
  const corrected = join(folder, 'corrected')
  await driveYear({
    db: (await context.books()).db, operations: await context.operations(), config, cast, year: SAMPLE_YEAR,
    names: new Map(config.districts.districts.map((one) => [one.code, one.name])),
    correct: async (district) => {
      await writeSample({
        out: corrected, seed: SAMPLE_SEED, entries, year: SAMPLE_YEAR, districts: [district], corrected: true, config,
      })
      await importSample(context, corrected, [district])
    },
    onBoard: progressPrinter(context),
  })
}

async function finish(context: CliContext, out: string, seconds: number): Promise<void> {
  const report = await readReport((await context.books()).db, { year: SAMPLE_YEAR }, loadTimeRules(overlayFolder(context.env)))
  const files = await writeReport(report, out, FORMATS)
  if (context.stderr.isTTY) context.stderr.write('\r\u001b[K')
  const findings = report.districts.reduce((sum, district) => sum + district.findings.length, 0)
  const decisions = report.districts.reduce(
    (sum, district) => sum + district.findings.reduce((all, finding) => all + finding.words.length, 0), 0,
  )
  const approvals = report.districts.reduce((sum, district) => sum + district.approvals.length, 0)
  const done = report.districts.filter((district) => district.state === 'completed').length
  context.print(context.t({
    zh: `区划 ${done}/${report.districts.length} 已签署归档 · 发现 ${findings} · 处理 ${decisions} · 审批 ${approvals} · 用时 ${Math.round(seconds)} 秒`,
    en: `${done}/${report.districts.length} districts signed off · ${findings} findings · ${decisions} decisions · ${approvals} approvals · ${Math.round(seconds)} s`,
  }))
  context.print(context.t({
    zh: `报告：${resolve(files[0]!)}（共 ${files.length} 个文件）`, en: `Reports: ${resolve(files[0]!)} (${files.length} files)`,
  }))
}

/** Deletes the sample's home: only one that a sample made, and only while nothing runs in it. */
function deleteSample(context: CliContext, home: string): void {
  if (context.env.DATABASE_URL || liveState(home)) {
    throw refusal({
      code: 'wrong-state', zh: '--fresh 只用于未在运行的内置数据库：先运行 nianjie down',
      en: '--fresh is for the embedded database while it is stopped: run nianjie down first',
    })
  }
  if (!existsSync(join(home, 'sample'))) return
  rmSync(home, { recursive: true, force: true })
}

function entriesNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 20_000_000) throw new InvalidArgumentError('1–20000000')
  return value
}
