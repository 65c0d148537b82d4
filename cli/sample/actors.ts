/**
 * The sample's people: a coordinator, engineers who share the districts, in each district a finance accountant and an officer of
 * its treasury.
 */
import type { Config } from '../../config/load.ts'
import { loadActors } from '../../config/load.ts'
import { type Folders, addActor } from '../operations/keys.ts'
import { failure } from '../shared/exit.ts'

const COORDINATOR = 'chen.jie'
const ENGINEERS = ['batu', 'qiqige', 'wang.lei', 'surina'] as const

/** Who acts for each district. */
export interface Cast {
  coordinator: string
  engineerOf(district: string): string
  financeOf(district: string): string
  /** From outside of the office: only confirms. */
  treasuryOf(district: string): string
}

/**
 * Registers who is missing and makes their keys; a second start finds them.
 * @throws CliError when an actor stands in actors.yaml and the key is gone
 */
export function castActors(config: Pick<Config, 'districts'>, folders: Folders): Cast {
  const districts = config.districts.districts.filter((one) => one.enabled).map((one) => one.code)
  const engineerOf = (district: string) => ENGINEERS[Math.max(0, districts.indexOf(district)) % ENGINEERS.length]!
  const financeOf = (district: string) => `finance.${district}`
  const treasuryOf = (district: string) => `guoku.${district}`
  const known = new Set(loadActors(folders.overlay).actors.map((actor) => actor.name))
  const add = (name: string, role: 'coordinator' | 'engineer' | 'finance' | 'treasury', own: readonly string[]) => {
    if (known.has(name)) return
    const made = addActor(folders, {
      name, districts: [...own],
      ...(role === 'treasury' ? { roles: [], confirms: [{ as: 'pboc', parties: ['*'] }] } : { roles: [role] }),
    })
    if (!made.ok) throw failure({ zh: made.zh, en: made.en })
  }
  add(COORDINATOR, 'coordinator', ['*'])
  // With fewer districts than engineers some have none, and nobody is registered for nothing.
  for (const [engineer, own] of Map.groupBy(districts, engineerOf)) add(engineer, 'engineer', own)
  for (const district of districts) {
    add(financeOf(district), 'finance', [district])
    add(treasuryOf(district), 'treasury', [district])
  }
  return { coordinator: COORDINATOR, engineerOf, financeOf, treasuryOf }
}
