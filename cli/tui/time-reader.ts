/** What the screens show of time: where a district's went, and when each will be done. */
import type { Books } from '../../books/connect.ts'
import type { Look } from '../../books/read-model/current.ts'
import { readForecast } from '../../books/service/forecast.ts'
import { readDistrictTimes } from '../../books/service/where-time-went.ts'
import { loadTimeRules } from '../../config/attribution.ts'
import { ConfigError } from '../../config/load.ts'
import type { AttributionRules } from '../../domain/attribution.ts'
import type { YearForecast } from '../../domain/forecast.ts'
import { withinBudget } from '../shared/budget.ts'
import type { TimeView } from './screens/time.ts'

/** What the time of districts is read by. */
export interface TimeRules { rules: AttributionRules; parties: TimeView['parties']; now: Date }

export const builtInRules = (): TimeRules => ({ ...loadTimeRules(), now: new Date() })

export interface TimeReader {
  /** Null where the rules can not be read. */
  time(look: Look, district: string): Promise<TimeView | null>
  /** As fresh as the cost of reading it allows; null where the rules can not be read. */
  forecast(look: Look): Promise<YearForecast | null>
}

export function createTimeReader(db: Books['db'], rules: () => TimeRules): TimeReader {
  return {
    time: async (look, district) => {
      const known = ruled(rules)
      if (!known) return null
      const [time = null] = await readDistrictTimes(db, { ...look, districts: [district] }, known.rules, known.now)
      return { time, parties: known.parties }
    },
    forecast: withinBudget(async (look: Look) => {
      const known = ruled(rules)
      return known && readForecast(db, look, known.rules, known.now)
    }),
  }
}

/** A mistake in the office's configuration of this must not close the other screens. */
function ruled(rules: () => TimeRules): TimeRules | null {
  try {
    return rules()
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}
