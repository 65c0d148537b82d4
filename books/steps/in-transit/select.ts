/** The one query that turns documents in transit into findings: one row each, in the columns of `found`. */
import { type RawBuilder, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { yuanText } from '../../yuan.ts'
import { documentCases } from './cases.ts'

/**
 * Rows `(step, rule, key, severity, amount, message_zh, message_en, facts)`, one for each document of the scope that is
 * neither completed nor voided. Ages are counted to 31 December of the closing year, so that the same input gives the
 * same findings on any day. A type or status that the configuration no longer knows is an error of its own, never left out.
 */
export function documentsInTransit(context: StepContext): RawBuilder<unknown> {
  const { config, district, year, scopeId } = context
  const cases = JSON.stringify(documentCases(config.documents, district, year))
  const amount = yuanText(sql`d.amount`)
  const stated = { zh: sql`coalesce(${amount} || ' 元', '未填金额')`, en: sql`coalesce(${amount} || ' yuan', 'no amount given')` }
  return sql`
    with cases as (
      select * from jsonb_to_recordset(${cases}::jsonb) as c(type text, status text, severity text, name_zh text, name_en text,
        status_zh text, status_en text, reason_zh text, reason_en text, advice_zh text, advice_en text,
        owner text, owner_zh text, owner_en text, cut_off text, in_doubt boolean, actions jsonb)),
    aged as (
      select d.*, u.name as unit_name,
        greatest(0, make_date(${year}::int, 12, 31) - coalesce(d.created_on, d.updated_on)) as age_days,
        greatest(0, make_date(${year}::int, 12, 31) - d.updated_on) as idle_days
      from documents d left join units u on u.scope_id = d.scope_id and u.unit = d.unit
      where d.scope_id = ${scopeId} and d.status <> all(${config.documents.final as string[]}::text[]))
    select 'in-transit' as step, d.type as rule, d.type || '/'
      || d.number as key, coalesce(c.severity, 'error') as severity, d.amount,
      coalesce(c.name_zh, d.type) || ' ' || d.number || '（单位 ' || coalesce(d.unit, '未填') || '，' || ${stated.zh} || '）'
        || coalesce(c.reason_zh, '类型或状态未在配置中定义（' || d.status || '）') || coalesce('，在途 ' || d.age_days || ' 天', '')
        || '。请' || coalesce(c.owner_zh || '于 ' || c.cut_off || ' 前处理：' || c.advice_zh, '在 documents.yaml 中补充定义')
          || '。' as message_zh,
      coalesce(c.name_en, d.type) || ' ' || d.number || ' (unit ' || coalesce(d.unit, 'not given') || ', ' || ${stated.en} || '): '
        || coalesce(c.reason_en, 'its type or status is not in the configuration (' || d.status || ')')
        || coalesce(', ' || d.age_days || ' days in transit', '')
        || '. ' || coalesce('To do by ' || c.cut_off || ', ' || c.owner_en || ': '
          || c.advice_en, 'Define it in documents.yaml') || '.' as message_en,
      jsonb_strip_nulls(jsonb_build_object(
        'type', d.type, 'number', d.number, 'unit', d.unit, 'unitName', d.unit_name, 'status', d.status,
        'statusName', jsonb_build_object('zh', c.status_zh, 'en', c.status_en),
        'reason', jsonb_build_object('zh', c.reason_zh, 'en', c.reason_en),
        'amount', ${amount}, 'createdOn', d.created_on, 'updatedOn', d.updated_on, 'ageDays', d.age_days, 'idleDays', d.idle_days,
        'owner', jsonb_build_object('key', c.owner, 'zh', c.owner_zh, 'en', c.owner_en),
        'counterparty', d.counterparty, 'reference', d.reference, 'indicator', d.indicator, 'function', d.function,
        'project', d.project, 'fund', d.fund, 'cutOff', c.cut_off, 'inDoubt', coalesce(c.in_doubt, false),
        'actions', coalesce(c.actions, '[]'::jsonb))) as facts
    from aged d left join cases c on c.type = d.type and c.status = d.status`
}
