/**
 * What a person should know of the new year's setup beyond I1–I4. Each is a warning or a note: the carry-forward has
 * already refused what can not be worked with.
 *   I5 seal or certificate that is no longer valid on 1 January    I6 one that ends during the new year (info)
 * I7 a last valid day that can not be read                       I8 a number rule without the year: it repeats last year's
 * numbers
 * I9 a salary item of an indicator that there is not             I10 a formula with a code that is switched off and has no
 * successor
 */
import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../../activities/step.ts'
import { type SetupCheck, checksOf } from '../../../config/schemas/initialise.ts'
import type { Database } from '../../tables.ts'
import { liveCode } from './copy.ts'

type Trx = Transaction<Database>

interface Problem { rule: SetupCheck; severity: 'warning' | 'info'; rows: RawBuilder<unknown>; zh: string; en: string }

/** Puts I5–I10 into `found`, each for the tables that name it in config/initialise.yaml. Needs `setup_work`. */
export async function findSetupProblems(trx: Trx, context: StepContext): Promise<void> {
  const { tables } = context.config.initialise
  for (const problem of [
    ...validityProblems(context.year + 1), numberProblem(), indicatorProblem(context.scopeId), formulaProblem(),
  ]) {
    await sql`insert into found (step, rule, key, severity, message_zh, message_en, facts)
      select 'initialise', ${problem.rule}, p.table_name || '/' || p.code, ${problem.severity},
        format(${problem.zh}, p.table_name, p.code, coalesce(p.name, ''), coalesce(p.what, '')), format(${problem.en}, p.table_name, p.code, coalesce(p.name, ''), coalesce(p.what, '')),
        jsonb_build_object('table', p.table_name, 'code', p.code, 'value', p.what)
      from (${problem.rows}) p where p.table_name = any(${Object.keys(tables).filter((name) => checksOf({ tables }, name).includes(problem.rule))}::text[])`.execute(trx)
  }
}

const READABLE = `^\\d{4}(-\\d{2}-\\d{2}|\\d{4})$`

/** The day as YYYYMMDD: texts of eight figures sort as days do, and no text can make the cast fail. */
const DAY = sql.raw(`replace(btrim(w.value), '-', '')`)

function validityProblems(newYear: number): Problem[] {
  const dated = sql`select w.table_name, w.code, w.name, w.value as what from setup_work w
    where w.live and w.value_kind = 'last-valid-day' and coalesce(btrim(w.value), '') <> ''`
  return [
    {
      rule: 'I5', severity: 'warning', rows: sql`${dated} and btrim(w.value) ~ ${READABLE} and ${DAY} < ${`${newYear}0101`}`,
      zh: '%s %s（%s）有效期止于 %s，新年度首日已失效：换发后重新授权',
      en: '%s %s (%s) is valid to %s and no longer on the first day of the new year: renew and authorise it',
    },
    {
      rule: 'I6', severity: 'info',
      rows: sql`${dated} and btrim(w.value) ~ ${READABLE} and ${DAY} >= ${`${newYear}0101`} and ${DAY} < ${`${newYear}1231`}`,
      zh: '%s %s（%s）有效期止于 %s，在新年度内到期：届时换发', en: '%s %s (%s) is valid to %s, within the new year: renew it in time',
    },
    {
      rule: 'I7', severity: 'warning', rows: sql`${dated} and btrim(w.value) !~ ${READABLE}`,
      zh: '%s %s（%s）的有效期「%s」无法识别：按 2026-12-31 的格式填写',
      en: '%s %s (%s): the last valid day "%s" can not be read: write it as 2026-12-31',
    },
  ]
}

function numberProblem(): Problem {
  return {
    rule: 'I8', severity: 'warning',
    rows: sql`select w.table_name, w.code, w.name, w.value as what from setup_work w
      where w.live and w.treatment = 'reset' and w.value_kind = 'pattern' and w.value ~ '\\{SEQ' and w.value !~ '\\{Y+\\}'`,
    zh: '%s %s（%s）的格式 %s 不含年份，流水号从 1 开始后与上年号码重复：加入 {YYYY}',
    en: '%s %s (%s): pattern %s holds no year, so its numbers repeat those of last year: add {YYYY}',
  }
}

function indicatorProblem(scopeId: number): Problem {
  return {
    rule: 'I9', severity: 'warning',
    rows: sql`select w.table_name, w.code, w.name, w.old_value as what from setup_work w
      where w.live and w.value_kind = 'indicator' and coalesce(w.old_value, '') <> ''
        and exists (select from indicators i where i.scope_id = ${scopeId})
        and not exists (select from indicators i where i.scope_id = ${scopeId} and i.indicator = w.old_value)`,
    zh: '%s %s（%s）挂接的指标 %s 不存在：改挂新年度指标',
    en: '%s %s (%s) is linked to indicator %s, which does not exist: link it to one of the new year',
  }
}

function formulaProblem(): Problem {
  return {
    rule: 'I10', severity: 'warning',
    rows: sql`select w.table_name, w.code, w.name, string_agg(distinct gone.word, ', ') as what from setup_work w
      cross join lateral (select m[1] as word from regexp_matches(w.value, '[A-Za-z0-9_]{3,}', 'g') m) gone
      where w.live and w.value_kind = 'formula' and not exists (${liveCode('gone.word')})
        and exists (select from setup_work dead where not dead.live and dead.treatment = 'new-version-with-mapping'
          and (dead.code = gone.word or dead.code like '%:' || gone.word))
      group by w.table_name, w.code, w.name`,
    zh: '%s %s（%s）的公式引用已停用且无唯一对照的代码 %s：改写公式',
    en: '%s %s (%s): its formula names %s, switched off without one successor: rewrite it',
  }
}
