/** Reads the service's report from PostgreSQL, in one snapshot. */
import type { Kysely } from 'kysely'
import { inSnapshot } from '../../books/snapshot.ts'
import type { Database } from '../../books/tables.ts'
import { dateAt } from '../../domain/calendar.ts'
import type { Text } from '../model.ts'
import { type Facts, readFacts } from './facts.ts'
import {
  type Measure, breachesOf, callFigures, repeatsOf, resolutionsOf, responsesOf, satisfactionOf, timeOf,
} from './figures.ts'
import type { MonthReport, ServiceReport } from './model.ts'

export interface ServiceLook extends Measure {
  /** Months from and to, both included: `2025-12`. */
  from: string
  to: string
  districts?: readonly string[]
  names: Readonly<Record<string, Text>>
  parties: Readonly<Record<string, Text>>
}

/** Districts without any record in a month have no row for it. */
export const readServiceReport = (db: Kysely<Database>, look: ServiceLook): Promise<ServiceReport> =>
  inSnapshot(db, async (trx) => serviceReportOf(await readFacts(trx, look.districts), look))

/** The report of these months from what stands in the books. */
export function serviceReportOf(facts: Facts, look: ServiceLook): ServiceReport {
  const monthOf = (at: Date | string) => dateAt(new Date(at).getTime(), look.zoneMs).slice(0, 7)
  const calls = Map.groupBy(facts.calls, (one) => `${one.district}/${monthOf(one.called_at)}`)
  const problems = Map.groupBy(facts.problems, (one) => `${one.district}/${monthOf(one.calledAt)}`)
  const complaints = Map.groupBy(facts.complaints, (one) => `${one.district}/${monthOf(one.at)}`)
  const ratings = Map.groupBy(facts.ratings, (one) => `${one.district}/${one.month}`)
  const keys = [...new Set([calls, problems, complaints, ratings].flatMap((part) => [...part.keys()]))].toSorted()
    .filter((key) => key.split('/')[1]! >= look.from && key.split('/')[1]! <= look.to)
  return {
    from: look.from, to: look.to, names: look.names, parties: look.parties,
    asOf: facts.asOf === null ? null : new Date(facts.asOf).toISOString(),
    targets: targetsOf(look),
    months: keys.map((key) => monthReport(key, {
      ...facts, calls: calls.get(key) ?? [], problems: problems.get(key) ?? [], complaints: complaints.get(key) ?? [],
      ratings: ratings.get(key) ?? [],
    }, look)),
    repeats: repeatsOf(facts.complaints, { ...look, from: Number(look.from.slice(0, 4)), to: Number(look.to.slice(0, 4)) }),
  }
}

export const targetsOf = ({ targets }: Measure): ServiceReport['targets'] => ({
  answerRate: targets.answer_rate, satisfactionAverage: targets.satisfaction_average, satisfactionEach: targets.satisfaction_each,
  repeatComplaints: targets.repeat_complaints,
})

/** @param own the facts of this district and month alone */
function monthReport(key: string, own: Facts, look: ServiceLook): MonthReport {
  const [district, month] = key.split('/') as [string, string]
  return {
    district, month, calls: callFigures(own.calls, look), problems: own.problems.length, time: timeOf(own.problems, own.minutes),
    responses: responsesOf(own.problems, own.asOf), resolutions: resolutionsOf(own.problems, own.asOf),
    breaches: breachesOf(own.problems, own.minutes), complaints: own.complaints, satisfaction: satisfactionOf(own.ratings),
  }
}
