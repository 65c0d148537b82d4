/** The monthly check of a district's documents in transit, started by its Temporal Schedule. */
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common'
import { workflowInfo } from '@temporalio/workflow'
import type { CheckResult } from '../activities/case-contract.ts'
import { sql } from './proxies.ts'

const PLANNED = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME)

/** One check, for the time at which it was due: one that is caught up later stands under the month that it was missed in. */
export async function inTransitWatch({ district }: { district: string }): Promise<CheckResult | null> {
  const { typedSearchAttributes, startTime } = workflowInfo()
  const due = typedSearchAttributes.get(PLANNED) ?? startTime
  return sql.checkInTransit({ district, checkedFor: due.toISOString() })
}
