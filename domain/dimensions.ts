/** The seven auxiliary dimensions 辅助核算 in the order of the input files (CONTRACT §1). */
export const DIMENSIONS = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty'] as const
export type Dimension = (typeof DIMENSIONS)[number]

export const FUNDS = ['general', 'government-fund', 'state-capital', 'special-account', 'special-fund', 'unit'] as const

export const SYSTEMS = ['treasury-2022', 'special-account', 'government-unit'] as const
export type System = (typeof SYSTEMS)[number]

export const ELEMENTS = [
  'asset', 'liability', 'net_asset', 'revenue', 'expense', 'budget_revenue', 'budget_expenditure', 'budget_balance',
] as const
export type Element = (typeof ELEMENTS)[number]

/** The financial ledger is classes 1–5, the budgetary one 6–8: they never net against each other. */
export function ledgerOf(element: Element): 'financial' | 'budgetary' {
  return element.startsWith('budget_') ? 'budgetary' : 'financial'
}
