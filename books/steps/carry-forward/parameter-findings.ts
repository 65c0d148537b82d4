/** C11: a parameter of the rules names something that this district does not have, so that it would silently do nothing. */
import { sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { type Trx, recordset } from './sql.ts'

interface Named { file: string; place: string; what: 'indicator' | 'unit' | 'project' | 'book'; code: string }

/** Rows for this very district; rows for every district are for those that have the code. */
function namesOf({ config, district }: StepContext): Named[] {
  const here = (row: { district: string }) => row.district === district
  const given = (file: string, place: string, codes: Partial<Record<Named['what'], string | undefined>>): Named[] =>
    Object.entries(codes).filter(([, code]) => code)
      .map(([what, code]) => ({ file, place, what: what as Named['what'], code: code! }))
  return [
    ...config.indicators.overrides.filter(here).flatMap(({ indicator }) => given('indicators.yaml', 'overrides', { indicator })),
    ...Object.entries(config.closing).flatMap(([file, { parameters }]) => [
      ...parameters.special_fund_rate.units.filter(here)
        .flatMap(({ unit }) => given(`closing/${file}.yaml`, 'special_fund_rate', { unit })),
      ...Object.entries(parameters.lists).flatMap(([list, rows]) => rows.filter(here)
        .flatMap(({ book, unit, project }) => given(`closing/${file}.yaml`, `lists.${list}`, { book, unit, project }))),
    ]),
  ]
}

/** Puts C11 into `found`, one for each place and code. A project is known by an indicator, an entry, a balance or setup.csv. */
export async function findUnknownParameters(trx: Trx, context: StepContext): Promise<void> {
  const names = namesOf(context)
  if (names.length === 0) return
  const scope = context.scopeId
  await sql`
    insert into found (step, rule, key, severity, amount, message_zh, message_en, facts)
    select distinct 'carry-forward', 'C11', place || '/' || code, 'error', null::bigint,
      format('config/%s 的 %s 指定的%s %s 在本区划数据中不存在，该参数不会起作用：更正配置后取消并重新启动（nianjie cancel、start），或在数据中补上该代码', file, place,
        case what when 'indicator' then '指标' when 'unit' then '单位' when 'project' then '项目' else '账套' end, code),
      format('%s of config/%s names %s %s, which the input of this district does not have: the parameter would do nothing. Correct it, then cancel and start again (nianjie cancel, start), or add the code to the input', place, file, what, code),
      jsonb_build_object('file', file, 'place', place, 'what', what, 'code', code)
    from ${recordset(names, 'file text, place text, what text, code text')}
    where not case what
      when 'indicator' then exists (select from indicators i where i.scope_id = ${scope} and i.indicator = code)
      when 'unit' then exists (select from units u where u.scope_id = ${scope} and u.unit = code)
      when 'book' then exists (select from books b where b.scope_id = ${scope} and b.book = code)
      else exists (select from indicators i where i.scope_id = ${scope} and i.project = code) or exists (select from cells c where c.scope_id = ${scope} and c.project = code)
        or exists (select from setup_items s where s.scope_id = ${scope} and s.table_name = 'project' and s.code = given.code) end`.execute(trx)
}
