/** Which district has which defects: spread so that each step stops somewhere, and three districts are clean. */
import type { World } from '../world.ts'
import { ASSETS_DNL, ASSETS_FVS } from './assets.ts'
import { ASSET_REPORT } from './asset-report.ts'
import { C1, C2, C3, C4, C5, C6, C7, C8 } from './closing.ts'
import type { Defect, Defects, Differences } from './defect.ts'
import { I1, I2, I3, I4 } from './initialise.ts'
import { EVERY_TYPE, SENT_CERT, inTransit } from './in-transit.ts'
import { R1, R10, R12, R13, R14, R15, R16, R18, R3, R4, R7, R8, r17 } from './reconcile.ts'

const R17_SURPLUS = 250_000n

/** By place among the districts; the list begins again after its end. */
const BY_PLACE: readonly (readonly Defect[])[] = [
  [inTransit(SENT_CERT), R1, C5],
  [],
  [inTransit(EVERY_TYPE)],
  [R3, R4, R7, R8],
  [R10, R12, R13, R14, R16, r17(R17_SURPLUS)],
  [],
  [C1, C2, C3, C4],
  [C5, C6, C7, C8],
  [I1, I2, I3, I4],
  [R15, R18],
  [ASSETS_DNL],
  [inTransit(SENT_CERT), ASSETS_FVS, ASSET_REPORT],
  [],
]

/** The defects of the district at `place`; null for none at all. */
export function planDefects(world: World, place: number | null): Defects {
  const kinds = place === null ? [] : BY_PLACE[place % BY_PLACE.length]!
  const differences: Differences = new Map()
  const surplus = place !== null && place % BY_PLACE.length === 4 && !world.plan.isLeague ? R17_SURPLUS : 0n
  return {
    transferSurplus: surplus,
    differences,
    plant: () => { for (const kind of kinds) kind.early?.(world, differences) },
    finish: () => { for (const kind of kinds) kind.late?.(world) },
    reports: (reports) => { for (const kind of kinds) kind.report?.(world, reports) },
  }
}
