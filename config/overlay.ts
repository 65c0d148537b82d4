/** Where an office keeps its own configuration. */
import { join, resolve } from 'node:path'

/** NIANJIE_CONFIG, else the folder `config` of NIANJIE_HOME: laid over the built-in files, whether it exists or not. */
export function overlayFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env.NIANJIE_CONFIG ? resolve(env.NIANJIE_CONFIG) : join(resolve(env.NIANJIE_HOME || '.nianjie'), 'config')
}
