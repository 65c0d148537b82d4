/** Workflows of another release: the district's begins with one command more, so histories of the two do not replay on each other. */
import { sleep } from '@temporalio/workflow'
import { districtYearEnd as today } from '../../../workflows/district.ts'
import type { DistrictInput, DistrictResult } from '../../../workflows/messages.ts'

export { yearEnd } from '../../../workflows/year-end.ts'

export async function districtYearEnd(input: DistrictInput): Promise<DistrictResult> {
  await sleep(1)
  return today(input)
}
