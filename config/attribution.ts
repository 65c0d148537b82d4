/** Reads config/attribution.yaml: to whom the minutes of a year-end belong. */
import { ConfigError, locate, readConfigFile } from './load.ts'
import { type AttributionConfig, attributionSchema } from './schemas/attribution.ts'
import { serviceSchema } from './schemas/service.ts'

/**
 * Read anew each time: it says how to look at what happened, and changes nothing of it. @throws ConfigError by file, line, column
 */
export function loadAttribution(overlay?: string): AttributionConfig {
  const problems: string[] = []
  const config = readConfigFile(locate('attribution.yaml', overlay), attributionSchema, problems)
  if (problems.length > 0 || !config) throw new ConfigError(problems)
  return config
}

/** Both at once, for whoever reports. @throws ConfigError */
export const loadTimeRules = (overlay?: string) => ({ rules: loadAttribution(overlay), parties: loadPartyNames(overlay) })

/**
 * Names of everybody whose minutes they can be, those of year-ends first, then who else is waited for with problems. @throws
 * ConfigError
 */
export function loadPartyNames(overlay?: string): Readonly<Record<string, { zh: string; en: string }>> {
  const problems: string[] = []
  const service = readConfigFile(locate('service.yaml', overlay), serviceSchema, problems)
  if (problems.length > 0 || !service) throw new ConfigError(problems)
  const { parties } = loadAttribution(overlay)
  return { ...parties, ...Object.fromEntries(Object.entries(service.parties)
    .flatMap(([party, { name }]) => (party in parties ? [] : [[party, name]]))) }
}
