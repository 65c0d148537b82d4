/**
 * The plan of a district's carry-forward: closing entries, openings and indicators of the new year as rows of a planned
 * generation. What people approve is its digest; applying it writes nothing that is not already here.
 */
import { sql } from 'kysely'
import type { RunnableRule } from '../../../config/closing-rules.ts'
import type { StepContext, StepEngine, StepOutcome } from '../../../activities/step.ts'
import { closeBooks } from './closing.ts'
import { keepDigest } from './digest.ts'
import { plainFigures, readFigures } from './figures.ts'
import { findBalances, findDeadCodes, findIndicatorProblems, findOpenClasses, findUnposted } from './findings.ts'
import { prepareIndicators, writeIndicators } from './indicators.ts'
import { lockInput } from './lock.ts'
import { type MappedTable, prepareMapping } from './mapping.ts'
import { countForPlanner, writeClosingEntries, writeOpenings } from './openings.ts'
import { findUnknownParameters } from './parameter-findings.ts'
import { prepareRules } from './rules.ts'
import { findInitialiseProblems } from './setup-findings.ts'
import type { Trx } from './sql.ts'
import { unchangedPlan } from './unchanged.ts'

/**
 * Plans the carry-forward of one district. Needs `createFound`; puts C1–C11 and I1–I4 there.
 * While a blocking finding is open nothing is written; a rehearsal still writes its plan, marked provisional.
 * An earlier plan of the run is discarded, or handed on when nothing has changed since. Figures: {@link PlanFigures} with
 * `planDigest`, or `written: false`.
 * @throws CarryForwardError input-changed
 */
export const planCarryForward: StepEngine = async (trx, context): Promise<StepOutcome> => {
  await lockInput(trx, context)
  const unchanged = await unchangedPlan(trx, context)
  if (unchanged) return unchanged
  const rules = await prepareRules(trx, context)
  const { mapped, dead } = await prepareMapping(trx, context.scopeId)
  await prepareIndicators(trx, context)
  await closeBooks(trx, context, rules)
  await findInitialiseProblems(trx, context)
  await findIndicatorProblems(trx)
  await findDeadCodes(trx, context, dead)
  await findUnposted(trx, context)
  await findBalances(trx, context)
  await findOpenClasses(trx, context)
  await findUnknownParameters(trx, context)
  context.heartbeat('checked')
  await sql`update carry_forwards set state = 'discarded' where run_id = ${context.runId} and state = 'planned'`.execute(trx)
  const blocking = await countBlocking(trx, context.runId)
  if (blocking > 0 && context.kind !== 'rehearsal') return { figures: { written: false, blocking } }
  const carryId = await writePlan(trx, context, { rules, mapped, provisional: blocking > 0 })
  const figures = plainFigures(await readFigures(trx, carryId))
  await sql`update carry_forwards set totals = ${JSON.stringify(figures)}::jsonb where carry_id = ${carryId}`.execute(trx)
  const digest = await keepDigest(trx, carryId)
  return { figures: { written: true, blocking, planDigest: digest, ...figures } }
}

interface PlanParts { rules: readonly RunnableRule[]; mapped: readonly MappedTable[]; provisional: boolean }

async function writePlan(trx: Trx, context: StepContext, { rules, mapped, provisional }: PlanParts): Promise<number> {
  const { rows } = await sql<{ carry_id: number }>`
    insert into carry_forwards (run_id, scope_id, generation, rehearsal, state, provisional, input_version, plan_digest, totals, replaces)
    values (${context.runId}, ${context.scopeId}, ${context.generation}, ${context.kind === 'rehearsal'}, 'planned', ${provisional},
      ${context.inputVersion}, '', '{}', (select carry_id from carry_forwards where state = 'live' and
        case when ${context.kind === 'rehearsal'} then run_id = ${context.runId} else scope_id = ${context.scopeId} and not rehearsal end))
    returning carry_id`.execute(trx)
  const carryId = rows[0]!.carry_id
  const used = rules.map(({ number, system, rule }) => ({
    rule_no: number, rule: rule.rule, system, name_zh: rule.name.zh, name_en: rule.name.en, source: rule.source,
  }))
  await sql`insert into carry_rules (carry_id, rule_no, rule, system, name_zh, name_en, source)
    select ${carryId}::int, * from jsonb_to_recordset(${JSON.stringify(used)}::jsonb)
      as r(rule_no smallint, rule text, system text, name_zh text, name_en text, source text)`.execute(trx)
  const lines = await writeClosingEntries(trx, carryId, context.scopeId)
  context.heartbeat('closing entries written')
  const openings = await writeOpenings(trx, carryId, context.scopeId, mapped)
  await countForPlanner(trx, carryId, lines + openings)
  context.heartbeat('openings written')
  await writeIndicators(trx, context, carryId, mapped)
  return carryId
}

/** Blocking findings that nobody has decided: an error found now, unless the very same one was settled before. */
async function countBlocking(trx: Trx, runId: number): Promise<number> {
  const { rows } = await sql<{ blocking: number }>`
    select count(*)::int as blocking from found n where severity = 'error' and not exists (
      select from findings f where f.run_id = ${runId} and f.rule = n.rule and f.key = n.key and f.status <> 'open'
        and f.closed_by is distinct from 'recheck' and f.amount is not distinct from n.amount and f.facts = n.facts)`.execute(trx)
  return rows[0]!.blocking
}
