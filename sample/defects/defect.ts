/** What a planted defect may do, and when. */
import type { UnitReport } from '../asset-report.ts'
import type { World } from '../world.ts'

/** Fen that the other side's statement has too much, by R-number and key. */
export type Differences = Map<string, bigint>

export interface Defects {
  /** What the banner booked beyond the league's transfer (R17). */
  transferSurplus: bigint
  differences: Differences
  /** Called when the foundation stands and before the year's events. */
  plant(): void
  /** Called when everything else has been written. */
  finish(): void
  /** Called with the asset reports before they are written. */
  reports(reports: UnitReport[]): void
}

/** One kind of defect. `early` runs with the foundation, `late` when all rows that were kept back are there. */
export interface Defect {
  early?(world: World, differences: Differences): void
  late?(world: World): void
  /** May change the asset reports, or take one away. */
  report?(world: World, reports: UnitReport[]): void
}
