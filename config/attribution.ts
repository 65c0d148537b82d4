/** Reads config/attribution.yaml: to whom the minutes of a year-end belong. */
import { ConfigError, locate, readConfigFile } from './load.ts'
import { type AttributionConfig, attributionSchema } from './schemas/attribution.ts'

/** Read anew each time: it says how to look at what happened, and changes nothing of it. @throws ConfigError by file, line, column */
export function loadAttribution(overlay?: string): AttributionConfig {
  const problems: string[] = []
  const config = readConfigFile(locate('attribution.yaml', overlay), attributionSchema, problems)
  if (problems.length > 0 || !config) throw new ConfigError(problems)
  return config
}
