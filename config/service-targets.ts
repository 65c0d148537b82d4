/** Reads config/service-targets.yaml. */
import { ConfigError, locate, readConfigFile } from './load.ts'
import { type ServiceTargets, serviceTargetsSchema } from './schemas/service-targets.ts'

/** @throws ConfigError by file, line, column */
export function loadServiceTargets(overlay?: string): ServiceTargets {
  const problems: string[] = []
  const config = readConfigFile(locate('service-targets.yaml', overlay), serviceTargetsSchema, problems)
  if (problems.length > 0 || !config) throw new ConfigError(problems)
  return config
}
