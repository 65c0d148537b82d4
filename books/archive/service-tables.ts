/** What the archive keeps of the service: problems with their words, calls, complaints, satisfaction; and the audit chains. */
import { type ArchivedTable, type Retention, iso, literal } from './copy.ts'

/** A stretch of time of a district; ISO 8601. What comes in from `from` up to, and without, `to` belongs to the year. */
export interface Period { district: string; from: string; to: string }

/** Of the service in a year: the calendar year, the year-end window of its districts, and the time of their year-ends. */
export interface ServiceScope {
  year: number; districts: readonly string[]; periods: readonly Period[]; months: readonly string[]
}

const texts = (list: readonly string[]): string => `any(array[${list.map(literal).join(', ')}]::text[])`

/** Condition: a row of that district and time belongs to the year. */
const within = (periods: readonly Period[], district: string, at: string): string =>
  `exists (select from (values ${periods.map(({ district: own, from, to }) => `(${literal(own)}, ${literal(from)}::timestamptz, ${literal(to)}::timestamptz)`).join(', ')}) as period(district, "from", "to")
    where period.district = ${district} and ${at} >= period."from" and ${at} < period."to")`

/** The problems of the year: reported in its time or its window, or made from one of its runs. */
const problemsOf = ({ year, districts, periods }: ServiceScope): string => `
  select problem_id from problems p where p.district = ${texts(districts)} and (p.window_year = ${Number(year)} or ${within(periods, 'p.district', 'p.called_at')}
    or exists (select from problem_links l join runs r using (run_id) join scopes s using (scope_id) where l.problem_id = p.problem_id and s.year = ${Number(year)}))`

const callsOf = ({ periods, districts }: ServiceScope) =>
  `select * from service_calls c where c.district = ${texts(districts)} and ${within(periods, 'c.district', 'c.called_at')}`
const complaintsOf = ({ periods, districts }: ServiceScope) =>
  `select * from service_complaints c where c.district = ${texts(districts)} and ${within(periods, 'c.district', 'c.complained_at')}`
const ratingsOf = ({ months, districts }: ServiceScope) =>
  `select * from service_ratings where district = ${texts(districts)} and month = ${texts(months)}`

const judged = `accepted, refusal_code as "refusalCode", refusal_zh as "refusalZh", refusal_en as "refusalEn"`

type Spec = readonly [file: string, zh: string, en: string, query: (of: ServiceScope) => string, signed?: ArchivedTable['signed']]

const SPECS: readonly Spec[] = [
  ['service/problems.csv', '用户问题及其时限', 'problems of users with their clocks', (of) => `
    select problem_id as problem, district, user_name as "user", channel, kind, body as text, state, ${iso('called_at')} as called_at, ${iso('opened_at')} as opened_at, opened_by, ${iso('clock_from')} as clock_from,
      window_year, assignee, waiting_on, waiting_reason, ${iso('response_due')} as response_due, ${iso('responded_at')} as responded_at, responded_by,
      ${iso('resolution_due')} as resolution_due, resolution_measure, ${iso('resolved_at')} as resolved_at, confirmed_by, paused_ms, rules
    from problems where problem_id in (${problemsOf(of)}) order by called_at, problem_id collate "C"`],
  ['service/problem-words.jsonl', '对问题的签名记录', 'signed words on problems', (of) => `
    select word_id as id, actor, payload, signature, problem_id as problem, action, ${iso('submitted_at')} as "submittedAt", ${iso('judged_at')} as "judgedAt", ${judged}
    from problem_words where problem_id in (${problemsOf(of)}) order by submitted_at, word_id`, 'problems'],
  ['service/problem-events.jsonl', '问题的每个事件', 'everything that happened to problems', (of) => `
    select problem_id as problem, sequence, ${iso('at')} as at, ${iso('recorded_at')} as "recordedAt", action, actor, word_id as word, party, detail
    from problem_events where problem_id in (${problemsOf(of)}) order by problem_id collate "C", sequence`],
  ['service/problem-alarms.csv', '问题的提醒及其送达', 'alarms of problems with their deliveries', (of) => `
    select n.problem_id as problem, n.clock, n.sequence, n.kind, n.level, array_to_string(n.to_roles, ';') as to_roles,
      (select string_agg(person->>'name', ';' order by place) from jsonb_array_elements(n.to_people) with ordinality as people(person, place)) as to_people,
      ${iso('n.due_at')} as due_at, ${iso('n.created_at')} as created_at, n.message_zh, n.message_en, n.answered_by, ${iso('n.answered_at')} as answered_at,
      d.channel, d.target, d.attempt, d.state as delivery, ${iso('d.at')} as delivered_at, d.error
    from notifications n left join deliveries d using (notification_id) where n.problem_id in (${problemsOf(of)}) order by n.due_at, n.notification_id, d.delivery_id`],
  ['service/breaches.csv', '违约', 'breaches', (of) => `
    select problem_id as problem, clock, ${iso('due_at')} as due_at, district, user_name as "user", party, ${iso('recorded_at')} as recorded_at, ${iso('withdrawn_at')} as withdrawn_at, withdrawn_by as withdrawn_by_word
    from problem_breaches where problem_id in (${problemsOf(of)}) order by recorded_at, problem_id collate "C", clock`],
  ['service/problem-links.csv', '问题由何转来', 'what problems were made from', (of) => `
    select problem_id as problem, run_id as run, step, generation, finding_id as finding, step_state, ${iso('linked_at')} as linked_at
    from problem_links where problem_id in (${problemsOf(of)}) order by linked_at, problem_id collate "C", step collate "C", finding_id collate "C"`],
  ['service/calls.csv', '热线来电', 'calls of the hotline', (of) => `
    select call_id as call, district, user_name as "user", ${iso('called_at')} as called_at, ${iso('answered_at')} as answered_at, ${iso('ended_at')} as ended_at, ${iso('called_back_at')} as called_back_at, file, sha256, word_id as word
    from (${callsOf(of)}) c order by called_at, call_id collate "C"`],
  ['service/complaints.csv', '投诉', 'complaints', (of) => `
    select complaint_id as complaint, district, user_name as "user", ${iso('complained_at')} as complained_at, body as text, problem_id as problem, word_id as word
    from (${complaintsOf(of)}) c order by complained_at, complaint_id collate "C"`],
  ['service/judgements.csv', '投诉的认定（最后一次有效）', 'judgements of complaints; the last one holds', (of) => `
    select complaint_id as complaint, upheld, reason, ${iso('judged_at')} as judged_at, word_id as word
    from service_judgements where complaint_id in (select complaint_id from (${complaintsOf(of)}) c) order by judgement_no`],
  ['service/ratings.csv', '满意度', 'satisfaction', (of) => `
    select district, month, user_name as "user", score, comment, word_id as word from (${ratingsOf(of)}) r order by month, district collate "C", word_id`],
  ['service/words.jsonl', '服务记录的签名', 'signed words of the service\'s records', (of) => `
    select word_id as id, actor, payload, signature, kind, ${iso('at')} as at, true as accepted from service_words
    where word_id in (select word_id from (${callsOf(of)}) c union all select word_id from (${complaintsOf(of)}) c union all select word_id from (${ratingsOf(of)}) r
      union all select word_id from service_judgements where complaint_id in (select complaint_id from (${complaintsOf(of)}) c))
    order by at, word_id`, 'service'],
]

/** All of them, in the order of the index. */
export const serviceTables = (of: ServiceScope): ArchivedTable[] => SPECS.map(([file, zh, en, query, signed]) => ({
  file, what: { zh, en }, retention: 'service' satisfies Retention, form: file.endsWith('.csv') ? 'csv' : 'jsonl',
  query: query(of), ...(signed && { signed }),
}))

/**
 * The audit chain of a district from its first link on, whatever the year: a chain that is cut can not be checked. '' is the
 * common one.
 */
export const auditTable = (district: string): ArchivedTable => ({
  file: `audit/${district || 'common'}.jsonl`, retention: 'vouchers', form: 'jsonl',
  what: { zh: '审计链（自第一条起）', en: 'the audit chain, from its first link' },
  query: `select district, sequence::text as sequence, ${iso('at')} as at, kind, actor, subject, detail, previous_hash as "previousHash", hash
    from audit.events link where district = ${literal(district)} order by link.sequence`,
})
