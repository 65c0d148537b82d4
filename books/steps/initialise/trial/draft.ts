/** Composes the test document of a class from what the new year has. */
import { sql } from 'kysely'
import type { TrialClass } from '../../../../config/schemas/trial-day.ts'
import { parseYuan } from '../../../../domain/money.ts'
import type { Draft, Trx, TrialScope } from './types.ts'

interface Candidate {
  indicator: string; amount: string; bad: string[]; unit: string | null; function: string | null; economic: string | null
  project: string | null; fund: string | null
}

/** The draft; without an indicator where the class needs one and there is none. */
export async function draftOf(trx: Trx, scope: TrialScope, spec: TrialClass): Promise<Draft> {
  const wanted = parseYuan(spec.amount)
  const base = { class: spec.class, day: scope.day }
  if (spec.indicator !== 'none') {
    const found = spec.indicator === 'salary' ? await salaryIndicator(trx, scope) : await bestIndicator(trx)
    if (found) {
      const codes = Object.fromEntries(spec.codes.map((table) => [
        table, found[table as keyof Candidate] as string | null ?? null,
      ]))
      const amount = BigInt(found.amount)
      return {
        ...base, amount: amount < wanted ? amount : wanted, indicator: found.indicator, codes,
        bad: found.bad.filter((one) => spec.codes.some((table) => one.startsWith(`${table}/`))),
      }
    }
  }
  const codes: Record<string, string | null> = {}
  for (const table of spec.codes) codes[table] = await firstCode(trx, scope, table)
  return { ...base, amount: wanted, indicator: null, codes, bad: [] }
}

async function bestIndicator(trx: Trx): Promise<Candidate | undefined> {
  const { rows } = await sql<Candidate>`select indicator, amount::text as amount, bad, unit, function, economic, project, fund from trial_candidates join trial_best using (indicator)`.execute(trx)
  return rows[0]
}

/** The indicator that a salary item in force is linked to; none while all of them wait for the new budget. */
async function salaryIndicator(trx: Trx, { runId, generation }: TrialScope): Promise<Candidate | undefined> {
  const { rows } = await sql<Candidate>`
    select c.indicator, c.amount::text as amount, c.bad, c.unit, c.function, c.economic, c.project, c.fund
    from new_setup_items s join trial_candidates c on c.indicator = any(string_to_array(s.value, ';'))
    where s.run_id = ${runId} and s.generation = ${generation} and s.table_name = 'salary-item' and s.live
    order by cardinality(c.bad), s.code collate "C", c.indicator collate "C" limit 1`.execute(trx)
  return rows[0]
}

/**
 * The first code in force at the bottom of a table, for units one that somebody acts for; of units that no table lists, of
 * units.csv.
 */
async function firstCode(trx: Trx, { scopeId, runId, generation }: TrialScope, table: string): Promise<string | null> {
  const { rows } = await sql<{ code: string }>`
    select code from trial_codes c where table_name = ${table} and leaf and rooted
    order by ${table} = 'unit' and exists (select from new_setup_items r where r.run_id = ${runId} and r.generation = ${generation}
      and r.table_name = 'role' and r.live and r.value = c.code) desc, code collate "C" limit 1`.execute(trx)
  if (rows[0] || table !== 'unit') return rows[0]?.code ?? null
  const unit = await trx.selectFrom('units').select('unit').where('scope_id', '=', scopeId).where('active', '=', true)
    .orderBy('unit').limit(1).executeTakeFirst()
  return unit?.unit ?? null
}
