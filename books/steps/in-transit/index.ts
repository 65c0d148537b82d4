/** The step in-transit 在途单据检查 (DOMAIN §5): what the rest of the product uses of it. */
export { type LateDocument, lateDocuments, scanInTransit } from './scan.ts'
export { dropCarriedDocuments, recordCarriedDocuments } from './carried.ts'
