/** The step reconcile 对账 (DOMAIN §6): what the rest of the product uses of it. */
export { reconcile, reconcileOne } from './reconcile.ts'
export type { ReconciliationFigures, ReconciliationState } from './figures.ts'
