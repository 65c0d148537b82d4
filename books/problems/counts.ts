/** How many problems of a district are not resolved, and what is due next: for the status. */
import { type RawBuilder, sql } from 'kysely'

/** `breached`: of those that are open. `nextDue`: of the clocks that run, ISO 8601 UTC; null where none does. */
export interface ProblemCounts { open: number; breached: number; nextDue: string | null }

/** An expression over `c.district`; null without any open problem. */
export const PROBLEM_COUNTS: RawBuilder<ProblemCounts | null> = sql<ProblemCounts | null>`(
  select case when count(*) > 0 then json_build_object('open', count(*),
    'breached', count(*) filter (where exists (select from problem_breaches b where b.problem_id = p.problem_id and b.withdrawn_at is null)),
    'nextDue', min(least(case when p.responded_at is null then p.response_due end, p.resolution_due))) end
  from problems p where p.district = c.district and p.state <> 'resolved')`

/** As the database gives it, with the time in ISO 8601 UTC. */
export const problemCountsFrom = ({ open, breached, nextDue }: ProblemCounts): ProblemCounts =>
  ({ open, breached, nextDue: nextDue === null ? null : new Date(nextDue).toISOString() })
