/**
 * What the archive keeps of a district's year as tables: everything of its runs, its input as it was given, its cases and assets.
 */
import { DIMENSIONS } from '../../domain/dimensions.ts'
import { type ArchivedTable, type Retention, anyOf, iso, yuan } from './copy.ts'

export interface DistrictScope { scopeId: number; runs: readonly number[] }

type Table = (of: DistrictScope) => ArchivedTable
type Form = ArchivedTable['form']

const table = (file: string, zh: string, en: string, retention: Retention, query: (of: { scope: number; runs: string }) => string, signed?: ArchivedTable['signed']): Table =>
  ({ scopeId, runs }) => ({
    file, what: { zh, en }, retention, form: file.slice(file.lastIndexOf('.') + 1) as Form,
    query: query({ scope: Number(scopeId), runs: anyOf(runs) }), ...(signed && { signed }),
  })

/** The columns that all signed words have: what was signed is `payload`, to the byte. */
const word = (id: string) => `${id} as id, actor, payload, signature`
const judged = `accepted, refusal_code as "refusalCode", refusal_zh as "refusalZh", refusal_en as "refusalEn"`

const RUNS: readonly Table[] = [
  table('approvals/runs.csv', '年结运行', 'runs of the year-end', 'vouchers', ({ runs }) => `
    select run_id as run, kind, state, rules_digest as rules, with_league, league, started_by, ${iso('started_at')} as started_at, ${iso('ended_at')} as ended_at
    from runs where run_id = ${runs} order by run_id`),
  table('approvals/steps.csv', '步骤经过的每个状态', 'every state that a step was in', 'vouchers', ({ runs }) => `
    select run_id as run, step, generation, attempt, state, waiting_on, ${iso('at')} as at from step_history where run_id = ${runs} order by history_id`),
  table('approvals/step-results.jsonl', '各步骤每一代的依据摘要与结果', 'what each generation of a step rested on and gave', 'vouchers', ({ runs }) => `
    select run_id as run, step, generation, input_digest as "inputDigest", evidence_digest as "evidenceDigest", ${iso('created_at')} as at,
      ${iso('void_at')} as "voidAt", void_reason as "voidReason", result->'figures' as figures
    from step_results where run_id = ${runs} order by run_id, step collate "C", generation`),
  table('approvals/decisions.jsonl', '签名的审批与处理决定', 'signed approvals and decisions', 'vouchers', ({ runs }) => `
    select ${word('decision_id')}, run_id as run, kind, step, evidence_digest as "evidenceDigest", ${iso('submitted_at')} as "submittedAt", ${iso('judged_at')} as "judgedAt",
      ${judged}, ${iso('void_at')} as "voidAt", void_reason as "voidReason"
    from decisions where run_id = ${runs} order by submitted_at, decision_id`, 'decisions'),
  table('approvals/carry-forwards.jsonl', '结转各代的合计与证明', 'generations of the carry-forward with totals and proof', 'vouchers', ({ runs }) => `
    select run_id as run, generation, state, rehearsal, input_version as "inputVersion", plan_digest as "planDigest", ${iso('planned_at')} as "plannedAt", ${iso('live_at')} as "liveAt",
      ${iso('reversed_at')} as "reversedAt", reversed_because as "reversedBecause", totals, proof
    from carry_forwards where run_id = ${runs} order by run_id, generation, carry_id`),
  table('approvals/undo-requests.csv', '撤销申请', 'requests to undo', 'vouchers', ({ runs }) => `
    select request_id as decision, run_id as run, state, waiting_on, ${iso('waiting_since')} as waiting_since, ${iso('deadline')} as deadline, escalation_level, ${iso('closed_at')} as closed_at
    from undo_requests where run_id = ${runs} order by waiting_since, request_id`),
  table('approvals/alarms.csv', '提醒与升级及其送达', 'reminders and escalations with their deliveries', 'vouchers', ({ runs }) => `
    select n.run_id as run, n.step, n.generation, n.kind, n.level, array_to_string(n.to_roles, ';') as to_roles, ${iso('n.due_at')} as due_at, ${iso('n.created_at')} as created_at,
      n.message_zh, n.message_en, n.seen_by, ${iso('n.seen_at')} as seen_at, d.channel, d.target, d.attempt, d.state as delivery, ${iso('d.at')} as delivered_at, d.error
    from notifications n left join deliveries d using (notification_id) where n.run_id = ${runs} order by n.due_at, n.notification_id, d.delivery_id`),
  table('findings/findings.csv', '发现的问题及其处理状态（含资产数据体检）', 'findings with their status, those of the asset check too', 'vouchers', ({ runs }) => `
    select f.run_id as run, f.finding_id as id, f.step, f.rule, f.key, f.severity, ${yuan('f.amount')} as amount, f.status, f.message_zh, f.message_en,
      ${iso('f.opened_at')} as opened_at, ${iso('f.closed_at')} as closed_at, f.closed_by, f.decision_id as decision,
      (select string_agg(distinct l.problem_id, ';' order by l.problem_id) from problem_links l where l.run_id = f.run_id and l.finding_id = f.finding_id) as problems,
      f.content_digest, f.facts
    from findings f where f.run_id = ${runs} order by f.run_id, f.step collate "C", f.rule collate "C", f.key collate "C"`),
  table('findings/decisions.csv', '对每个发现的处理意见（签名见 approvals/decisions.jsonl）', 'words on each finding (their signatures: approvals/decisions.jsonl)', 'vouchers', ({ runs }) => `
    select d.run_id as run, w.finding_id as finding, w.decision_id as decision, d.actor, w.action, w.comment, ${iso('d.submitted_at')} as submitted_at, d.accepted, d.refusal_zh,
      ${iso('d.void_at')} as void_at, w.difference_kind, w.owner, w.evidence_name, w.evidence_sha256, w.content_digest
    from finding_decisions w join decisions d using (decision_id) where d.run_id = ${runs} order by d.submitted_at, w.decision_id, w.finding_id collate "C"`),
]

const RECONCILIATION: readonly Table[] = [
  table('reconciliation/balances.csv', '各项对账的双方余额', 'both sides of each reconciliation as last compared', 'reconciliations', ({ runs }) => `
    select run_id as run, reconciliation, party, generation, state, ${yuan('a')} as a, ${yuan('b')} as b, differences, digest
    from reconciliation_balances where run_id = ${runs} order by run_id, reconciliation collate "C", party collate "C"`),
  table('reconciliation/confirmations.csv', '对账确认（签名见 approvals/decisions.jsonl）', 'confirmations (their signatures: approvals/decisions.jsonl)', 'reconciliations', ({ runs }) => `
    select d.run_id as run, c.decision_id as decision, c.reconciliation, c.party, c.confirmer, d.actor, ${yuan('c.a')} as a, ${yuan('c.b')} as b, c.differences, c.digest, d.accepted,
      ${iso('d.judged_at')} as judged_at, ${iso('d.void_at')} as void_at, d.void_reason
    from confirmations c join decisions d using (decision_id) where d.run_id = ${runs} order by d.submitted_at, c.decision_id`),
  table('reconciliation/differences.csv', '对账差异', 'differences', 'reconciliations', ({ scope }) => `
    select finding_id as finding, rule, key, ${iso('first_seen_at')} as first_seen_at, owner from differences where scope_id = ${scope} order by rule collate "C", key collate "C"`),
  table('reconciliation/difference-events.csv', '对账差异的经过', 'what the checks saw of each difference', 'reconciliations', ({ scope }) => `
    select finding_id as finding, run_id as run, generation, ${iso('at')} as at, what, ${yuan('amount')} as amount, content_digest from difference_events where scope_id = ${scope} order by event_id`),
  table('reconciliation/matches.csv', '逐笔核对的勾对结果', 'matches of line-by-line reconciliations', 'reconciliations', ({ runs }) => `
    select run_id as run, reconciliation, generation, pass, state, match_no, side, member, key, party, reference, date, ${yuan('amount')} as amount, rivals
    from reconcile_matches where run_id = ${runs} order by run_id, reconciliation collate "C", generation, match_no, side, member`),
  table('reconciliation/statements.csv', '对账单各行', 'rows of the statements', 'reconciliations', ({ scope }) => `
    select s.reconciliation, s.party, s.reference, s.date, s.unit, s.function, s.revenue, s.project, s.fund, s.indicator, ${yuan('s.amount')} as amount, coalesce(f.name, 'statements') as file, s.file_line as line
    from statements s left join statement_files f on f.file_id = s.file_id where s.scope_id = ${scope} order by s.row_id`),
  table('reconciliation/statement-files.jsonl', '银行、国库、单位的对账单文件（含装入人签名）', 'files of banks, the treasury and units, with the loader\'s signature', 'reconciliations', ({ scope }) => `
    select f.file_id as id, f.loaded_by as actor, f.signature, s.district, s.year, f.name, f.format, f.sha256, f.reconciliation, f.rows, ${yuan('f.amount')} as amount, f.first_day as "firstDay", f.last_day as "lastDay",
      ${iso('f.loaded_at')} as "loadedAt", f.state, f.ended_by as "endedBy", ${iso('f.ended_at')} as "endedAt", f.replaced_by as "replacedBy", f.checked
    from statement_files f join scopes s using (scope_id) where scope_id = ${scope} order by f.file_id`, 'statements'),
  table('reconciliation/monthly-checks.csv', '月度对账', 'reconciliations of the months', 'reconciliations', ({ scope }) => `
    select check_id as "check", month, reconciliation, state, ${yuan('a')} as a, ${yuan('b')} as b, keys, unequal, input_version, rules_digest as rules, ran_by, ${iso('ran_at')} as ran_at
    from monthly_checks where scope_id = ${scope} order by check_id`),
  table('reconciliation/monthly-differences.csv', '月度对账差异', 'differences of the months', 'reconciliations', ({ scope }) => `
    select d.check_id as "check", d.key, d.severity, ${yuan('d.amount')} as amount, d.message_zh, d.message_en, d.facts
    from monthly_differences d join monthly_checks c using (check_id) where c.scope_id = ${scope} order by d.check_id, d.key collate "C"`),
]

const DOCUMENTS: readonly Table[] = [
  table('documents/cases.csv', '在途单据处置事项', 'cases of documents', 'vouchers', ({ runs }) => `
    select run_id as run, finding_id as finding, type, number, ${iso('cut_off')} as cut_off, ${iso('opened_at')} as opened_at, level, ${iso('settled_at')} as settled_at, outcome
    from document_cases where run_id = ${runs} order by run_id, type collate "C", number collate "C", finding_id collate "C"`),
  table('documents/defaults.jsonl', '事先批准的默认处置（签名）', 'default dispositions, signed beforehand', 'vouchers', ({ scope }) => `
    select ${word('default_id')}, kind, target, type, number, action, comment, ${iso('submitted_at')} as "submittedAt", ${iso('judged_at')} as "judgedAt", ${judged},
      ${iso('withdrawn_at')} as "withdrawnAt", withdrawn_by as "withdrawnBy"
    from document_defaults where scope_id = ${scope} order by submitted_at, default_id`, 'defaults'),
  table('documents/default-firings.csv', '默认处置的执行', 'default dispositions that were carried out', 'vouchers', ({ runs }) => `
    select decision_id as decision, run_id as run, default_id as "default", attempt, findings, ${iso('fired_at')} as fired_at, ${iso('sent_at')} as sent_at
    from case_firings where run_id = ${runs} order by fired_at, decision_id`),
  table('documents/receipts.csv', '银行、国库回单', 'receipts of banks and the treasury', 'vouchers', ({ scope }) => `
    select type, number, outcome, reference, actor, decision_id as decision, ${iso('received_at')} as received_at from document_receipts where scope_id = ${scope} order by type collate "C", number collate "C"`),
  table('documents/instructions.csv', '发往业务系统的指令', 'instructions to the business systems', 'vouchers', ({ scope }) => `
    select instruction, sequence, format, file, sha256, lines, input_version, exported_by, ${iso('exported_at')} as exported_at from instructions where scope_id = ${scope} order by sequence`),
  table('documents/instruction-lines.csv', '指令各行', 'lines of the instructions', 'vouchers', ({ scope }) => `
    select sequence, line, type, number, action, target, status_then, decision_id as decision, fields from instruction_lines where scope_id = ${scope} order by sequence, line`),
  table('documents/in-transit-checks.jsonl', '在途单据月度检查', 'monthly checks of everything in transit', 'vouchers', ({ scope }) => `
    select ${iso('checked_for')} as "checkedFor", ${iso('checked_at')} as "checkedAt", input_version as "inputVersion", figures from in_transit_checks where scope_id = ${scope} order by checked_for`),
  table('documents/carried.csv', '结转下年的单据', 'documents carried to the new year', 'vouchers', ({ runs }) => `
    select run_id as run, type, number, new_number, unit, ${yuan('amount')} as amount, decision_id as decision from carried_documents where run_id = ${runs} order by run_id, type collate "C", number collate "C"`),
]

const ASSETS: readonly Table[] = [
  table('assets/health.csv', '资产数据体检得分', 'what each asset check measured', 'reports', ({ runs }) => `
    select run_id as run, generation, input_version, unit, family, cards, sound, clean, errors, warnings, infos
    from asset_health_points where run_id = ${runs} order by run_id, generation, unit collate "C", family collate "C"`),
  table('assets/rounds.csv', '与单位会审的轮次', 'rounds of the joint review with the units', 'reports', ({ scope }) => `
    select unit, round, input_version, content_digest, rows, left_open, ${iso('made_at')} as made_at, made_by from asset_rounds where scope_id = ${scope} order by unit collate "C", round`),
  table('assets/corrections-signed.jsonl', '资产更正（签名）', 'corrections of assets, signed', 'reports', ({ scope }) => `
    select ${word('batch_id')}, input_version as "inputVersion", ${iso('applied_at')} as "appliedAt", true as accepted from asset_batches where scope_id = ${scope} order by applied_at, batch_id`, 'corrections'),
  table('assets/answers.csv', '单位的答复', 'answers of the units', 'reports', ({ scope }) => `
    select a.batch_id as batch, a.unit, a.round, a.finding_id as finding, a.rule, a.corrections, a.explanation
    from asset_answers a join asset_batches b using (batch_id) where b.scope_id = ${scope} order by b.applied_at, a.batch_id, a.finding_id collate "C"`),
  table('assets/corrections.csv', '资产卡片更正明细', 'corrections of asset cards', 'reports', ({ scope }) => `
    select k.correction_id as correction, k.batch_id as batch, c.asset_no, c.card_no, c.unit, k.card_version, k.field, k.imported_value, k.old_value, k.new_value, k.reason, k.finding_id as finding, k.rule, k.round,
      k.ended_because, k.ended_version, k.ended_value
    from asset_corrections k join asset_cards c using (card_id) where c.scope_id = ${scope} order by k.correction_id`),
]

const NEW_YEAR: readonly Table[] = [
  table('new-year/setup.csv', '新年度基础要素与参数', 'setup tables of the new year', 'reports', ({ runs }) => `
    select run_id as run, generation, table_name as "table", code, name, parent, value, treatment, change, live, source_code, old_name, old_parent, old_value
    from new_setup_items where run_id = ${runs} order by run_id, generation, table_name collate "C", code collate "C"`),
  table('new-year/periods.csv', '新年度会计期间', 'periods of the new year', 'reports', ({ runs }) => `
    select run_id as run, generation, period, starts_on, ends_on from new_periods where run_id = ${runs} order by run_id, generation, period collate "C"`),
  table('new-year/trial-documents.csv', '试运行单据', 'documents of trial days', 'reports', ({ runs }) => `
    select run_id as run, generation, place, class, day, number, unit, indicator, ${yuan('amount')} as amount, result from trial_documents where run_id = ${runs} order by run_id, generation, place`),
  table('new-year/trial-checks.csv', '试运行检查', 'checks of trial days', 'reports', ({ runs }) => `
    select run_id as run, generation, class, check_id as "check", name, result, zh, en from trial_checks where run_id = ${runs} order by run_id, generation, class collate "C", check_id collate "C"`),
]

const INPUT: readonly Table[] = [
  table('input/versions.csv', '导入的各版本', 'versions of the input', 'vouchers', ({ scope }) => `
    select version, digest, origin, ${iso('imported_at')} as imported_at, imported_by, changes from input_versions where scope_id = ${scope} order by version`),
  table('input/files.csv', '导入文件清单及散列', 'files of the input with their hashes', 'vouchers', ({ scope }) => `
    select version, file, path, sha256, content_digest, rows from input_files where scope_id = ${scope} order by version, file collate "C"`),
  table('input/opening.csv', '结账年度的期初余额', 'openings of the closing year', 'vouchers', ({ scope }) => `
    select b.book, a.account, ${DIMENSIONS.map((name) => `nullif(c.${name}, '') as ${name}`).join(', ')}, ${yuan('o.debit')} as debit, ${yuan('o.credit')} as credit
    from openings o join cells c on c.scope_id = o.scope_id and c.cell_id = o.cell_id join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join books b on b.scope_id = c.scope_id and b.book_id = c.book_id
    where o.scope_id = ${scope} order by b.book collate "C", a.account collate "C", ${DIMENSIONS.map((name) => `c.${name} collate "C"`).join(', ')}, o.file_line`),
  table('input/entries.csv', '结账年度的凭证分录', 'entries of the closing year', 'vouchers', ({ scope }) => `
    select b.book, e.voucher, e.line, e.date, a.account, ${DIMENSIONS.map((name) => `nullif(c.${name}, '') as ${name}`).join(', ')}, ${yuan('e.debit')} as debit, ${yuan('e.credit')} as credit, e.source,
      e.posted::int as posted, e.summary
    from entries e join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id join accounts a on a.scope_id = c.scope_id and a.account_id = c.account_id
      join books b on b.scope_id = e.scope_id and b.book_id = e.book_id
    where e.scope_id = ${scope} order by b.book collate "C", e.voucher collate "C", e.line`),
  table('input/indicators.csv', '结账年度的指标', 'indicators of the closing year', 'vouchers', ({ scope }) => `
    select indicator, unit, function, economic, project, fund, origin_year, category, ${['amount', 'adjusted', 'paid', 'occupied'].map((name) => `${yuan(name)} as ${name}`).join(', ')}
    from indicators where scope_id = ${scope} order by indicator collate "C"`),
  table('input/documents.csv', '业务单据', 'business documents', 'vouchers', ({ scope }) => `
    select type, number, unit, indicator, function, project, fund, ${yuan('amount')} as amount, status, created_on, updated_on, counterparty, reference
    from documents where scope_id = ${scope} order by type collate "C", number collate "C"`),
]

/** All of them, in the order of the index. */
export const districtTables = (of: DistrictScope): ArchivedTable[] =>
  [...RUNS, ...RECONCILIATION, ...DOCUMENTS, ...ASSETS, ...NEW_YEAR, ...INPUT].map((one) => one(of))
