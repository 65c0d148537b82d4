import { z } from 'zod'
import { DOCUMENT_STATUSES } from '../../domain/documents.ts'
import { SYSTEMS } from '../../domain/dimensions.ts'
import { ROLES } from './people.ts'

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const code = z.string().regex(/^[0-9A-Za-z_-]+$/)
const monthDay = z.string().regex(/^\d{2}-\d{2}$/, 'a day such as 12-31')

/** A part of the match key: a column of the side, or a fixed text. */
const part = <C extends string>(columns: readonly [C, ...C[]]) =>
  z.union([z.enum(columns), z.strictObject({ value: z.string().min(1) })])
const key = <C extends string>(columns: readonly [C, ...C[]]) => z.array(part(columns)).min(1).max(6)

/** Who confirms: a kind of person, by its Chinese name unless `as` names it. */
const confirmer = z.strictObject({
  ...text.shape,
  /** The name under which config/actors.yaml entitles people from outside (`confirms: [{ as: bank }]`). */
  as: z.string().regex(/^[\p{L}\p{N}._-]{1,40}$/u).optional(),
  /** Actors with one of these roles may confirm as this too. */
  roles: z.array(z.enum(ROLES)).default([]),
  /** Each bank or unit confirms its own part; without it one confirms the whole. */
  each: z.literal('party').optional(),
  /** Whose people: the league's for a reconciliation between two levels. */
  of: z.enum(['district', 'league']).default('district'),
}).transform(({ as, ...rest }) => ({ as: as ?? rest.zh, ...rest }))

const DIMENSIONS = ['unit', 'function', 'revenue', 'economic', 'project', 'fund', 'counterparty'] as const
const common = { name: text }

/** Balances of the general ledger 总账, from opening balances and posted entries. `account` in a key is the code declared here. */
const ledger = z.strictObject({
  of: z.literal('ledger'), ...common,
  key: key(['book', 'book_unit', 'account', 'district', ...DIMENSIONS]),
  system: z.enum(SYSTEMS),
  /** Codes with all their sub-accounts. */
  accounts: z.array(code).min(1),
  /** `balance` = opening plus turnover. */
  measure: z.enum(['balance', 'turnover', 'opening']),
  /** Which side counts as positive; `account` = the account's own. */
  sign: z.enum(['debit', 'credit', 'account']),
  /** Entries dated later do not count: a balance at that day. */
  as_of: monthDay.optional(),
  /** `league`: the league's book, of what it holds for this district as counterparty. */
  scope: z.enum(['district', 'league']).default('district'),
  /** Only cells whose dimension begins with one of these. */
  where: z.partialRecord(z.enum(DIMENSIONS), z.array(code).min(1)).default({}),
})
const documents = z.strictObject({
  of: z.literal('documents'), ...common,
  key: key(['type', 'number', 'unit', 'indicator', 'function', 'project', 'fund', 'counterparty', 'reference', 'district']),
  add: z.array(z.string()).min(1),
  subtract: z.array(z.string()).default([]),
  statuses: z.array(z.enum(DOCUMENT_STATUSES)).min(1).default(['completed']),
})
const indicators = z.strictObject({
  of: z.literal('indicators'), ...common,
  key: key(['indicator', 'unit', 'function', 'economic', 'project', 'fund', 'district']),
  /** `adjusted-amount` = amount + adjusted; `remaining` = that less paid. */
  measure: z.enum(['amount', 'adjusted', 'adjusted-amount', 'paid', 'occupied', 'remaining']),
})
/** Rows of statements.csv of this reconciliation's number. */
const statement = z.strictObject({
  of: z.literal('statement'), ...common,
  key: key(['party', 'reference', 'date', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator', 'district']),
  party: z.string().optional(),
})
/** Booked cards that are not disposed of, by the financial accounts that their class belongs to. */
const cards = z.strictObject({
  of: z.literal('cards'), ...common,
  key: key(['unit', 'account', 'district']),
  /** Longest prefix of the class code holds; '' is all others. `accounts`: which account holds which measure. */
  classes: z.array(z.strictObject({
    prefix: z.string(),
    accounts: z.array(z.strictObject({ account: code, measure: z.enum(['cost', 'accumulated_depreciation', 'net_value']) })),
  })).min(1),
})
const side = z.discriminatedUnion('of', [ledger, documents, indicators, statement, cards])

const heading = {
  name: text,
  /** Who confirms it; the preparer never does. */
  confirms: z.array(confirmer).min(1),
  /** Whether the step waits for the confirmations, or only records them. */
  confirmation: z.enum(['required', 'recorded']).default('recorded'),
  cadence: z.array(z.enum(['daily', 'ten-day', 'monthly', 'year-end'])).min(1),
  /** Tolerance is nil: differences are explained, never adjusted. */
  tolerance: z.literal('0.00').default('0.00'),
  /** No statement at all though side A holds something: one finding, or the reconciliation is left out. */
  missing: z.enum(['finding', 'skip']).default('finding'),
}

/** Sums of both sides by key, compared exactly. */
const keyed = z.strictObject({
  method: z.literal('keyed'), ...heading, a: side, b: side,
  /** A key that stands twice on side B is a finding even if the sums agree. */
  once: z.boolean().default(false),
  /** The column that says whose part a row is (bank, unit). Without `b` a row of B belongs to whom its key belongs on A. */
  party: z.strictObject({ a: z.string(), b: z.string().optional() }).optional(),
})
/**
 * n:m among what the passes leave over: several lines and rows of one party within some days whose sums agree. `suggest`
 * names them in their findings, `match` takes those that fit in one way only. Each bound that it stops at is told.
 */
const groupSearch = z.strictObject({
  mode: z.enum(['off', 'suggest', 'match']).default('off'),
  /** How many days the members may lie apart. */
  days: z.number().int().min(0).max(15).default(3),
  /** Members on each side. */
  members_max: z.number().int().min(1).max(6).default(4),
  /** Lines or rows that are left within one window; a window with more is not searched. */
  candidates_max: z.number().int().min(2).max(40).default(16),
  /** Combinations tried in one reconciliation of one district. */
  combinations_max: z.number().int().min(100).max(5_000_000).default(200_000),
  /** Lines or rows left of one party; a party with more is not searched. */
  left_max: z.number().int().min(10).max(50_000).default(5_000),
})
export type GroupSearch = z.output<typeof groupSearch>

/** Entry lines against statement rows, line by line, in ordered passes. */
const lines = z.strictObject({
  method: z.literal('lines'), ...heading,
  a: z.strictObject({ ...common, system: z.enum(SYSTEMS), accounts: z.array(code).min(1) }),
  b: z.strictObject(common),
  window_days: z.number().int().min(0).max(15),
  groups: groupSearch.prefault({}),
})
/** Debit against credit: of each voucher, and of each ledger of each book. */
const balanced = z.strictObject({
  method: z.literal('balanced'), ...heading, a: z.strictObject(common), b: z.strictObject(common),
})
/** Final documents against the vouchers made of them: one valid voucher each. */
const vouchers = z.strictObject({
  method: z.literal('vouchers'), ...heading,
  a: z.strictObject({
    ...common, types: z.array(z.string()).min(1), statuses: z.array(z.enum(DOCUMENT_STATUSES)).min(1).default(['completed']),
  }),
  b: z.strictObject({ ...common, system: z.enum(SYSTEMS) }),
  /** Types whose voucher may be red: absolute values are compared. */
  red: z.array(z.string()).default([]),
})
const reconciliation = z.discriminatedUnion('method', [keyed, lines, balanced, vouchers])

/** config/reconciliations.yaml: every reconciliation 对账 as data (CONTRACT §2.1, DOMAIN §6). */
export const reconciliationsSchema = z.strictObject({
  reconciliations: z.record(z.string().regex(/^R\d{1,3}$/), reconciliation),
}).superRefine((value, context) => {
  for (const [name, one] of Object.entries(value.reconciliations)) {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['reconciliations', name], message })
    for (const codes of accountCodes(one)) {
      const nested = codes.find((account) => codes.some((other) => other !== account && account.startsWith(other)))
      if (nested !== undefined) refuse(`account ${nested} is part of another one: it would count twice`)
    }
    if (one.method === 'keyed' && one.a.key.length !== one.b.key.length) {
      refuse('the keys of both sides need the same number of parts')
    }
    if (one.method === 'keyed' && one.a.of === 'statement') refuse('a statement is side B')
    for (const problem of partyProblems(one)) refuse(problem)
  }
})

function accountCodes(one: z.output<typeof reconciliation>): readonly (readonly string[])[] {
  if (one.method === 'lines') return [one.a.accounts]
  if (one.method !== 'keyed') return []
  return [one.a, one.b].flatMap((each) => (each.of === 'ledger' ? [each.accounts] : []))
}

const COLUMNS = {
  ledger: ledger.shape.key, documents: documents.shape.key, indicators: indicators.shape.key, statement: statement.shape.key,
  cards: cards.shape.key,
} as const

/**
 * Parts can be confirmed only where rows say whose they are; a line-by-line reconciliation always does (counterparty and party).
 */
function partyProblems(one: z.output<typeof reconciliation>): string[] {
  const each = one.confirms.some((confirmer) => confirmer.each === 'party')
  if (one.method !== 'keyed') {
    return each && one.method !== 'lines' ? ['this method knows no parties: `each: party` can not be confirmed'] : []
  }
  if (one.party === undefined) return each ? ['`each: party` needs `party`, the column that names the party'] : []
  const bad = (['a', 'b'] as const)
    .filter((name) => one.party![name] !== undefined && !COLUMNS[one[name].of].safeParse([one.party![name]]).success)
  return bad.map((name) => `party: side ${name} has no column ${one.party![name]}`)
}

export type ReconciliationsConfig = z.infer<typeof reconciliationsSchema>
export type Reconciliation = ReconciliationsConfig['reconciliations'][string]
export type KeyedReconciliation = Extract<Reconciliation, { method: 'keyed' }>
export type LinesReconciliation = Extract<Reconciliation, { method: 'lines' }>
export type BalancedReconciliation = Extract<Reconciliation, { method: 'balanced' }>
export type VouchersReconciliation = Extract<Reconciliation, { method: 'vouchers' }>
export type ReconciliationSide = KeyedReconciliation['a']
