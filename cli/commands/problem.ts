/** `nianjie problem`: what users report, with its clocks. */
import { type Command, Option } from 'commander'
import { type ListedProblem, type ProblemFilter, listProblems, readProblemEvents } from '../../books/problems/read.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { loadService } from '../../config/service.ts'
import { unverifiedYears } from '../../domain/calendar.ts'
import { CHANNELS, type Channel, PROBLEM_KINDS, PROBLEM_STATES, type ProblemKind } from '../../domain/problems.ts'
import { STEPS, type Step } from '../../domain/steps.ts'
import type { SaidOfProblem } from '../operations/problem-requests.ts'
import type { CliContext } from '../shared/context.ts'
import { refusal, usageError } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { asOption, districtsOption, jsonOption, knownDistricts, yearOf, yearOption } from '../shared/options.ts'
import { eventsText, problemsText } from '../shared/problem-text.ts'


export function registerProblem(program: Command, context: CliContext): void {
  const problem = program.command('problem')
    .description(context.t({ zh: '用户问题：登记、响应、解决，含 2 小时时限', en: "users' problems, with the 2-hour clocks" }))
  registerOpen(problem, context)
  registerWords(problem, context)
  registerList(problem, context)
}

interface OpenFlags {
  district?: string; user?: string; channel?: Channel; kind?: ProblemKind; text?: string; calledAt?: string; id?: string
  as: string; json?: boolean
  fromFinding?: string; fromStep?: Step; year?: number
}

function registerOpen(problem: Command, context: CliContext): void {
  const { t } = context
  problem.command('open')
    .description(t({ zh: '登记用户问题；同一来电登记两次仍是同一个问题', en: 'report a problem; the same call given twice is one problem' }))
    .addOption(new Option('--district <code>', t({ zh: '区划', en: 'district' })))
    .addOption(new Option('--user <name>', t({ zh: '财政用户', en: 'the finance user' })))
    .addOption(new Option('--channel <channel>', t({ zh: '渠道：热线、小程序、微信群、现场', en: 'how it came in' })).choices([...CHANNELS])
      .default('hotline'))
    .addOption(new Option('--kind <kind>', t({ zh: '类别：故障、服务请求、咨询', en: 'what it is' })).choices([...PROBLEM_KINDS])
      .default('fault'))
    .addOption(new Option('--text <text>', t({ zh: '问题内容', en: 'what the user says' })))
    .addOption(new Option(
      '--called-at <time>', t({ zh: '来电时间（ISO 8601；默认：现在）', en: 'when the user called (ISO 8601; default: now)' }),
    ))
    .addOption(new Option('--id <id>', t({ zh: '业务编号：同一编号即同一问题', en: 'business id: the same id is the same problem' })))
    .addOption(new Option('--from-finding <id>', t({ zh: '由检查发现的问题转来', en: 'made from a finding' })))
    .addOption(new Option(
      '--from-step <step>',
      t({ zh: '由失败、受阻或待审批的步骤转来（同时给出 --district）', en: 'made from a step that failed, is blocked or waits (with --district)' }),
    ).choices([...STEPS]))
    .addOption(yearOption(context)).addOption(asOption(context)).addOption(jsonOption(context))
    .action((flags: OpenFlags) => open(context, flags))
}

async function open(context: CliContext, flags: OpenFlags): Promise<void> {
  const { fromFinding, fromStep, as: actor, json, calledAt, year, ...report } = flags
  if (fromFinding && fromStep) {
    throw usageError({ zh: '--from-finding 与 --from-step 只能给一个', en: 'give either --from-finding or --from-step' })
  }
  const bare = !fromFinding && !fromStep
  const missing = (bare ? ['district', 'user', 'text'] as const : fromStep ? ['district'] as const : [])
    .filter((name) => !report[name])
  if (missing.length > 0) {
    throw usageError({
      zh: `缺少：${missing.map((name) => `--${name}`).join(' ')}`, en: `missing: ${missing.map((name) => `--${name}`).join(' ')}`,
    })
  }
  if (report.district) knownDistricts(context, [report.district])
  const operations = await context.operations()
  const answer = await operations.openProblem({
    actor, ...report, ...(calledAt === undefined ? {} : { calledAt: timeOf(calledAt) }),
    ...(fromFinding ? { from: { findingId: fromFinding } } : fromStep ? {
      from: { year: await yearOf(context, year), step: fromStep },
    } : {}),
  })
  if (!answer.ok) throw refusal(answer)
  const { problemId: id, existed } = answer
  const listed = (await listProblems((await context.books()).db, { id }))[0]
  const provisional = listed ? provisionalYears(context, listed) : []
  if (json) return context.printJson({ id, existed, provisional, ...listed })
  context.print(id)
  if (provisional.length > 0) {
    context.message({
      zh: `时限按 ${provisional.join('、')} 年暂定的工作日历计算，可能变动`,
      en: `what is due rests on the provisional calendar of ${provisional.join(', ')} and may change`,
    })
  }
  context.message(existed ? { zh: '此前已登记，没有重复登记', en: 'it was reported before: nothing was added' } : {
    zh: '已登记', en: 'reported',
  })
}

/** Years whose calendar is not the announced one yet, where working days are counted by it. */
function provisionalYears(context: CliContext, { calledAt, resolution }: ListedProblem): number[] {
  if (resolution?.measure !== 'working-days') return []
  const { calendar, zoneMs } = loadService(overlayFolder(context.env))
  return unverifiedYears(calendar, Date.parse(calledAt), Date.parse(resolution.due), zoneMs)
}

/** @throws CliError usage */
function timeOf(text: string): Date {
  const at = new Date(text)
  // A time without a zone would mean another moment on another machine.
  if (Number.isNaN(at.getTime()) || !/(Z|[+-]\d{2}:?\d{2})$/i.test(text)) {
    throw usageError({
      zh: `--called-at 应为带时区的 ISO 8601 时间，如 2025-12-31T09:30:00+08:00（${text}）`,
      en: `--called-at must be an ISO 8601 time with its zone, such as 2025-12-31T09:30:00+08:00 (${text})`,
    })
  }
  return at
}

interface WordFlags {
  as: string; comment?: string; to?: string; on?: string; reason?: string; confirmedBy?: string; alarm?: boolean
}

/** The words on a problem: how each is called, what it needs, what it says. */
function registerWords(problem: Command, context: CliContext): void {
  const { t } = context
  const word = (
    name: string, about: Text, said: (flags: WordFlags) => SaidOfProblem, done: Text, options: readonly Option[] = [],
  ) => {
    const command = problem.command(name).description(t(about)).argument('<id>', t({ zh: '问题编号', en: 'id of the problem' }))
    for (const option of options) command.addOption(option)
    command.addOption(asOption(context)).action((id: string, flags: WordFlags) => say(context, id, flags.as, said(flags), done))
  }
  const comment = () => new Option('--comment <text>', t({ zh: '说明', en: 'comment' })).default('')
  const needed = (flags: string, about: Text) => new Option(flags, t(about)).makeOptionMandatory()
  word('acknowledge', { zh: '响应：已答复用户；同时接下提醒', en: 'answer the user, and with it the alarm' },
    ({ comment = '', alarm }) => ({ action: alarm ? 'take' : 'acknowledge', comment }), { zh: '已响应', en: 'acknowledged' },
    [new Option('--alarm', t({ zh: '只接下提醒，尚未答复用户', en: 'only take the alarm; the user has no answer yet' })), comment()])
  word('assign', { zh: '指派处理人', en: 'give it to somebody' }, ({ to = '', comment = '' }) =>
    ({ action: 'assign', to, comment }), { zh: '已指派', en: 'assigned' },
    [needed('--to <actor>', { zh: '处理人', en: 'who takes it' }), comment()])
  word('wait', { zh: '等待外部', en: 'it waits for somebody else' }, ({ on = '', reason = '' }) =>
    ({ action: 'wait', on, reason }), { zh: '等待中', en: 'waiting' },
    [
      needed('--on <party>', {
        zh: '等谁：finance-office、unit、bank、pboc、system、user', en: 'for whom: finance-office, unit, bank, pboc, system, user',
      }),
      needed('--reason <text>', { zh: '原因', en: 'why' }),
    ])
  word(
    'resume', { zh: '结束等待', en: 'the wait is over' }, ({ comment = '' }) => ({ action: 'resume', comment }),
    { zh: '继续处理', en: 'resumed' }, [comment()],
  )
  word('resolve', { zh: '解决，经用户确认', en: 'resolved, as the user confirms' }, ({ confirmedBy = '', comment = '' }) =>
    ({ action: 'resolve', confirmedBy, comment }), { zh: '已解决', en: 'resolved' },
    [needed('--confirmed-by <user>', { zh: '确认解决的用户', en: 'the user who confirms it' }), comment()])
  word('reopen', { zh: '重新打开', en: 'open it again' }, ({ reason = '' }) =>
    ({ action: 'reopen', reason }), { zh: '已重新打开', en: 'reopened' }, [
    needed('--reason <text>', { zh: '原因', en: 'why' }),
  ])
}

async function say(context: CliContext, problemId: string, actor: string, word: SaidOfProblem, done: Text): Promise<void> {
  const answer = await (await context.operations()).actOnProblem({ actor, problemId, word })
  if (!answer.ok) throw refusal(answer)
  context.print(`${problemId} ${context.t(done)}`)
}

interface ListFlags { year?: number; district?: string[]; state?: ProblemFilter['state']; json?: boolean }

function registerList(problem: Command, context: CliContext): void {
  const { t } = context
  problem.command('list')
    .description(t({ zh: '问题清单，最紧急的在前', en: 'problems, the most urgent first' }))
    .addOption(districtsOption(context))
    .addOption(new Option('--state <state>', t({ zh: '状态；unresolved：未解决', en: 'state; unresolved is every state but resolved' }))
      .choices(['unresolved', ...PROBLEM_STATES]))
    .addOption(new Option('--year <year>', t({ zh: '只看该年结窗口内的', en: 'only those of that year-end window' })).argParser(Number))
    .addOption(jsonOption(context))
    .action((flags: ListFlags) => list(context, flags))
  problem.command('show').description(t({ zh: '一个问题及其全部记录', en: 'one problem with all that happened' }))
    .argument('<id>', t({ zh: '问题编号', en: 'id of the problem' })).addOption(jsonOption(context))
    .action((id: string, flags: { json?: boolean }) => show(context, id, flags.json === true))
}

async function list(context: CliContext, { district, state, year, json }: ListFlags): Promise<void> {
  const problems = await listProblems((await context.books()).db, { districts: knownDistricts(context, district), state, year })
  if (json) return context.printJson(problems)
  if (problems.length === 0) return context.message({ zh: '没有符合条件的问题', en: 'there is no problem that fits' })
  context.print(problemsText(context, problems))
}

async function show(context: CliContext, id: string, json: boolean): Promise<void> {
  const { db } = await context.books()
  const problem: ListedProblem | undefined = (await listProblems(db, { id }))[0]
  if (!problem) throw usageError({ zh: `没有问题 ${id}`, en: `there is no problem ${id}` })
  const events = (await readProblemEvents(db, [id])).get(id) ?? []
  if (json) return context.printJson({ ...problem, events })
  context.print(eventsText(context, problem, events))
}
