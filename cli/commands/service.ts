/** `nianjie service`: calls of the hotline, complaints and satisfaction, each entry signed. */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  CallDiffers, type SignedWord, addCalls, addComplaint, addRating, judgeComplaint, listComplaints,
} from '../../books/service/records.ts'
import { loadService } from '../../config/service.ts'
import { loadServiceTargets } from '../../config/service-targets.ts'
import { overlayFolder } from '../../config/overlay.ts'
import type { ServiceTargets } from '../../config/schemas/service-targets.ts'
import type { Plain } from '../../domain/canonical.ts'
import { keysFolderOf } from '../operations/keys.ts'
import { signRecord } from '../operations/service-words.ts'
import { readCallLog, timeOf } from '../shared/call-log.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import { asOption, districtNames, districtOption, districtsOption, jsonOption, knownDistricts } from '../shared/options.ts'
import { table } from '../shared/width.ts'
import { monthOf, registerServiceReport } from './service-report.ts'

interface Flags {
  as: string; json?: boolean; district: string; user: string; text: string; at?: string; id?: string; problem?: string
  upheld?: boolean; reason: string; month: string; score: number; comment: string
}

export function registerService(program: Command, context: CliContext): void {
  const { t } = context
  const service = program.command('service').description(t({
    zh: '服务记录：热线来电、投诉、满意度（签名，只增不改）', en: 'records of the service: calls, complaints, satisfaction (signed, added only)',
  }))
  const signed = (command: Command) => command.addOption(asOption(context)).addOption(jsonOption(context))
  const user = () => new Option('--user <name>', t({ zh: '财政用户', en: 'the finance user' }))

  signed(service.command('calls <file>').description(t({
    zh: '导入热线来电记录（CSV，列：call_id,district,user,called_at,answered_at,ended_at,called_back_at）',
    en: 'import the call log of the hotline (CSV with the columns call_id,district,user,called_at,answered_at,ended_at,called_back_at)',
  }))).action((file: string, flags: Flags) => importCalls(context, file, flags))

  const complaint = service.command('complaint').description(t({ zh: '投诉', en: 'complaints' }))
  signed(complaint.command('add').description(t({ zh: '登记投诉', en: 'record a complaint' })).addOption(districtOption(context)).addOption(user()
    .makeOptionMandatory())
    .requiredOption('--text <text>', t({ zh: '内容', en: 'what it is about' }))
    .option('--at <time>', t({ zh: '时间（默认：现在）', en: 'when (default: now)' }))
    .option('--problem <id>', t({ zh: '所涉问题编号', en: 'the problem that it is about' }))
    .option('--id <id>', t({ zh: '编号（默认自动生成）', en: 'its id (default: made)' })))
    .action((flags: Flags) => complain(context, flags))
  signed(complaint.command('judge <id>').description(t({ zh: '认定投诉是否成立', en: 'say whether a complaint is upheld' }))
    .option('--upheld', t({ zh: '成立', en: 'it is' })).option('--not-upheld', t({ zh: '不成立', en: 'it is not' }))
    .requiredOption('--reason <text>', t({ zh: '理由', en: 'why' })))
    .action((id: string, flags: Flags & { notUpheld?: boolean }) => judge(context, id, flags))
  complaint.command('list').description(t({ zh: '列出投诉', en: 'list complaints' })).addOption(districtsOption(context))
    .addOption(jsonOption(context))
    .action((flags: { district?: string[]; json?: boolean }) => list(context, flags))

  signed(service.command('rating').description(t({ zh: '登记满意度（0–100）', en: 'record satisfaction (0 to 100)' })).addOption(districtOption(context)).addOption(user())
    .addOption(new Option('--month <month>', t({ zh: '月份，如 2025-12', en: 'month, such as 2025-12' })).makeOptionMandatory()
      .argParser(monthOf))
    .addOption(new Option('--score <score>', t({ zh: '分数', en: 'score' })).makeOptionMandatory().argParser(scoreOf))
    .option('--comment <text>', t({ zh: '说明', en: 'comment' }), ''))
    .action((flags: Flags) => rate(context, flags))
  registerServiceReport(service, context)
}

function scoreOf(text: string): number {
  if (!/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/.test(text)) throw new InvalidArgumentError('0–100, 95.5')
  return Number(text)
}

/** @throws CliError when the actor may not */
function sign(
  context: CliContext, actor: string, may: keyof ServiceTargets['may'], districts: readonly string[],
  said: { readonly [name: string]: Plain },
): SignedWord {
  const desk = {
    actors: context.actors(), keysFolder: keysFolderOf(context.env), targets: loadServiceTargets(overlayFolder(context.env)),
    now: context.now(),
  }
  const word = signRecord(desk, actor, may, districts, said)
  if ('ok' in word) throw refusal(word)
  return word
}

async function importCalls(context: CliContext, path: string, { as: actor, json }: Flags): Promise<void> {
  const bytes = readFileSync(path)
  const file = basename(path)
  const names = districtNames(context)
  const log = readCallLog(file, bytes, loadService(overlayFolder(context.env)).service.time_zone, (code) => names.has(code))
  if ('problems' in log) {
    const shown = log.problems.slice(0, SHOWN_MAX).join('\n')
    throw usageError({
      zh: `来电记录有误，未导入任何一条（${log.problems.length} 处）：\n${shown}`,
      en: `the call log is wrong, none was imported (${log.problems.length} problems):\n${shown}`,
    })
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const word = sign(context, actor, 'record', [...new Set(log.calls.map(({ district }) => district))], {
    kind: 'calls', file, sha256, calls: log.calls.length,
  })
  try {
    const answer = await addCalls((await context.books()).db, { file, sha256, calls: log.calls }, word)
    if (json) return context.printJson({ file, sha256, ...answer })
    context.print(context.t({
      zh: `已登记 ${answer.added} 个来电，${answer.known} 个此前已登记`,
      en: `${answer.added} calls recorded, ${answer.known} were there before`,
    }))
  } catch (error) {
    if (!(error instanceof CallDiffers)) throw error
    throw usageError({
      zh: `来电 ${error.callId} 已登记，但内容不同；未导入任何一条`, en: `call ${error.callId} is recorded with other facts; none was imported`,
    })
  }
}
const SHOWN_MAX = 50

async function complain(context: CliContext, flags: Flags): Promise<void> {
  const [district] = knownDistricts(context, [flags.district])!
  const at = flags.at === undefined
    ? context.now().toISOString()
    : timeOf(flags.at, loadService(overlayFolder(context.env)).service.time_zone)
  if (at === null) throw usageError({ zh: `--at 不是时间：${flags.at}`, en: `--at is no time: ${flags.at}` })
  const { db } = await context.books()
  const complaint = {
    complaintId: flags.id ?? `C-${randomUUID().slice(0, 8)}`, district: district!, user: flags.user, at, text: flags.text,
    problemId: flags.problem ?? null,
  }
  const known = await listComplaints(db)
  if (known.some(({ complaintId }) => complaintId === complaint.complaintId)) {
    throw refusal({
      code: 'exists', zh: `投诉 ${complaint.complaintId} 已登记。`, en: `complaint ${complaint.complaintId} is recorded already`,
    })
  }
  if (flags.problem && !(await db.selectFrom('problems').select('problem_id').where('problem_id', '=', flags.problem)
    .executeTakeFirst())) {
    throw refusal({ code: 'unknown-problem', zh: `没有问题 ${flags.problem}。`, en: `there is no problem ${flags.problem}` })
  }
  await addComplaint(db, complaint, sign(context, flags.as, 'record', [complaint.district], { kind: 'complaint', ...complaint }))
  if (flags.json) context.printJson(complaint)
  else context.print(complaint.complaintId)
}

async function judge(context: CliContext, id: string, flags: Flags & { notUpheld?: boolean }): Promise<void> {
  if (Boolean(flags.upheld) === Boolean(flags.notUpheld)) {
    throw usageError({ zh: '需要 --upheld 或 --not-upheld 之一', en: 'give either --upheld or --not-upheld' })
  }
  const { db } = await context.books()
  const complaint = (await listComplaints(db)).find(({ complaintId }) => complaintId === id)
  if (!complaint) throw usageError({ zh: `没有投诉 ${id}`, en: `there is no complaint ${id}` })
  const judgement = { complaintId: id, upheld: flags.upheld === true, reason: flags.reason }
  await judgeComplaint(db, judgement, sign(context, flags.as, 'judge', [complaint.district], { kind: 'judgement', ...judgement }))
  if (flags.json) context.printJson(judgement)
}

async function list(context: CliContext, flags: { district?: string[]; json?: boolean }): Promise<void> {
  const complaints = await listComplaints((await context.books()).db, knownDistricts(context, flags.district))
  if (flags.json) return context.printJson(complaints)
  const { t } = context
  context.print(table([{ title: t({ zh: '编号', en: 'Id' }) }, { title: t({ zh: '区划', en: 'District' }) }, { title: t({ zh: '用户', en: 'User' }) }, { title: t({ zh: '时间', en: 'At' }) },
    { title: t({ zh: '认定', en: 'Judged' }) },
    { title: t({ zh: '内容', en: 'Text' }) }], complaints.map((one) => [one.complaintId, one.district, one.user, one.at.slice(0, 16).replace('T', ' '),
    one.upheld === null ? t({ zh: '未认定', en: 'not yet' }) : one.upheld ? t({ zh: '成立', en: 'upheld' }) : t({
      zh: '不成立', en: 'not upheld',
    }), one.text])))
}

async function rate(context: CliContext, flags: Flags): Promise<void> {
  const [district] = knownDistricts(context, [flags.district])!
  const rating = { district: district!, month: flags.month, user: flags.user ?? null, score: flags.score, comment: flags.comment }
  await addRating(
    (await context.books()).db, rating,
    sign(context, flags.as, 'record', [rating.district], { kind: 'rating', ...rating, score: String(rating.score) }),
  )
  if (flags.json) context.printJson(rating)
}
