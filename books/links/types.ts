/** The link between two years: which code, indicator or document of one year is which of the next. */

/**
 * A code of a table, an indicator (`indicator`), or a document (its type, such as `PAY_CERT`), in one year of a district;
 * `rehearsal`: as a rehearsal carried it.
 */
export interface LinkNode {
  district: string; year: number; kind: 'code' | 'indicator' | 'document'; table: string; code: string; rehearsal: boolean
}

/**
 * same: the code goes on; mapped, split, merged: as mappings.csv says; carried: an indicator or document under its new
 * number; surplus, spent, settled, dropped: it ends in the old year, `to` is null.
 */
export type LinkHow = 'same' | 'mapped' | 'split' | 'merged' | 'carried' | 'surplus' | 'spent' | 'dropped'

export interface Link {
  district: string
  kind: LinkNode['kind']
  table: string
  from: LinkEnd
  to: LinkEnd | null
  how: LinkHow
  /** Decimal share of a split, `1` otherwise; null for indicators and documents. */
  share: string | null
  /** Yuan that went over with an indicator or document, or ended as a surplus. */
  amount: string | null
  /** From the code that was asked for, forward or back in time. */
  direction: 'forward' | 'back'
}
export interface LinkEnd { year: number; code: string; name: string | null }
