/** Faults of the annual asset report: a unit without one, and cells that disagree. */
import type { UnitReport } from '../asset-report.ts'
import type { World } from '../world.ts'
import type { Defect } from './defect.ts'

/** R101, R305, R405, R403 with the sum that it breaks, R408, R505: each in another unit. */
export const ASSET_REPORT: Defect = {
  report: (world, reports) => {
    const [increase, disposal, missing, stock, areas, idle] = reports as [UnitReport, UnitReport, UnitReport, UnitReport, UnitReport, UnitReport]
    reports.splice(reports.indexOf(missing), 1)
    world.expect('asset-health', 'R101', missing.unit, 'error')
    change(world, increase, 'Z03/total/cost', 100n, ['R305', 'Z03/total/cost'])
    change(world, disposal, 'Z04/total/remitted', 50_000n, ['R405', 'Z04/total/remitted'])
    change(world, stock, 'Z02/furniture/net', 1n, ['R403', 'Z02/furniture/net'], ['R401', 'Z02/total/net'])
    change(world, areas, 'Z05/building/self_use', -100n, ['R408', 'Z05/building/area'])
    const cost = idle.cells.get('Z02/total/cost')!
    for (const line of ['building', 'total']) idle.cells.set(`Z02/${line}/idle`, idle.cells.get(`Z02/${line}/idle`)! + cost / 5n)
    world.expect('asset-health', 'R505', `${idle.unit}/Z02/total/idle`, 'warning')
  },
}

function change(
  world: World, report: UnitReport, cell: string, by: bigint, ...rules: readonly (readonly [rule: string, at: string])[]
): void {
  report.cells.set(cell, report.cells.get(cell)! + by)
  for (const [rule, at] of rules) world.expect('asset-health', rule, `${report.unit}/${at}`, 'error')
}
