import { z } from 'zod'

/** Columns of statements.csv that a row of a file may give. */
export const STATEMENT_FIELDS = [
  'party', 'reference', 'date', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator',
] as const
export type StatementField = (typeof STATEMENT_FIELDS)[number]

/** Figures that a line of totals, or a text around the rows, may name. */
export const TOTAL_GROUPS = ['debit', 'credit', 'amount', 'count', 'debit_count', 'credit_count'] as const
export type TotalGroup = (typeof TOTAL_GROUPS)[number]
const CAPTURE_GROUPS = [...STATEMENT_FIELDS, 'account', 'opening', 'closing'] as const

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
/** A column by its title, one of several titles, or its letter as a spreadsheet shows it. */
const column = z.union([
  z.string().min(1), z.array(z.string().min(1)).min(1),
  z.strictObject({ letter: z.string().regex(/^[A-Z]{1,2}$/, 'a letter such as B or AC') }),
])
/** A regular expression over the text of a line: its filled cells, half-width, with one space between them. */
const pattern = z.string().min(1).superRefine((source, context) => {
  try {
    // oxlint-disable-next-line no-new
    new RegExp(source, 'u')
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${(error as Error).message}` })
  }
})
const groupsOf = (source: string): string[] => [...source.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((match) => match[1]!)
const withGroups = (known: readonly string[], least: number) => pattern.superRefine((source, context) => {
  const groups = groupsOf(source)
  const unknown = groups.filter((group) => !known.includes(group))
  if (unknown.length > 0) {
    context.addIssue({ code: 'custom', message: `unknown group ${unknown.join(', ')}; there are ${known.join(' ')}` })
  }
  if (groups.length < least) context.addIssue({ code: 'custom', message: `needs a named group, such as (?<${known[0]}>…)` })
})

const side = z.enum(['debit', 'credit'])
/** How the amount stands in the file, and which of it is positive in the books. */
const amount = z.union([
  /** One column with a sign. `opposite` turns the bank's sign round. */
  z.strictObject({ signed: column, sign: z.enum(['as-is', 'opposite']).default('as-is') }),
  /** Two columns, one of them filled. `positive` is the one that is positive in the books. */
  z.strictObject({ debit: column, credit: column, positive: side }),
  /** One column and another that says the direction. */
  z.strictObject({
    unsigned: column, direction: column, positive: side,
    debit: z.array(z.string().min(1)).min(1), credit: z.array(z.string().min(1)).min(1),
  }),
])
const DATE_FORM = /^(?=.*YYYY)(?=.*M)(?=.*D)[YMDHms年月日时分秒 :./-]+$/

const format = z.strictObject({
  name: text,
  /** The number in reconciliations.yaml that its rows belong to. */
  reconciliation: z.string().regex(/^R\d{1,3}$/),
  /** Kinds of files in which this layout comes. */
  files: z.array(z.enum(['csv', 'xlsx'])).min(1).default(['csv', 'xlsx']),
  /** Sheet by name or place from 1; without it a workbook must have one. */
  sheet: z.union([z.string().min(1), z.int().min(1)]).optional(),
  encoding: z.enum(['detect', 'utf-8', 'gb18030']).default('detect'),
  delimiter: z.enum([',', ';', '|', '\t']).default(','),
  /** The row of titles: by number (0: there is none, columns go by letter), or the first row that has all these titles. */
  header: z.union([
    z.strictObject({ row: z.int().min(0).max(200) }), z.strictObject({ titles: z.array(z.string().min(1)).min(1) }),
  ]),
  columns: z.partialRecord(z.enum([...STATEMENT_FIELDS, 'account', 'balance']), column).default({}),
  /** Fields that are the same for all rows. `date: year-end` is 31 December of the closing year. */
  constants: z.partialRecord(z.enum(STATEMENT_FIELDS), z.string().min(1)).default({}),
  /** What the file writes for a value of a field: `party: { 工商银行: ICBC }`. */
  words: z.partialRecord(z.enum(STATEMENT_FIELDS), z.record(z.string(), z.string().min(1))).default({}),
  /** The party is the code of the account number in this table of setup.csv; `among` only these codes. */
  party_of_account: z.strictObject({ table: z.string().min(1), among: z.array(z.string().min(1)).min(1).optional() }).optional(),
  amount,
  dates: z.array(z.string().regex(DATE_FORM, 'a form such as YYYY-MM-DD, YYYYMMDD or YYYY年M月D日')).min(1)
    .default(['YYYY-MM-DD', 'YYYYMMDD']),
  /** Fields that a row must give. */
  required: z.array(z.enum(STATEMENT_FIELDS)).default([]),
  /** Only rows of this day count, such as 12-31 for a balance. */
  only_on: z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day such as 12-31').optional(),
  /** Texts above and between the rows that hold for those below them: account, party, unit, day, balances. */
  captures: z.array(withGroups(CAPTURE_GROUPS, 1)).default([]),
  /** Lines that are no rows, each with the reason that the user is told. */
  skip: z.array(z.strictObject({ pattern, why: text })).default([]),
  /** From this line on nothing counts. */
  end: pattern.optional(),
  /** Lines of totals: what they say must be what stands above them since the beginning, the section, or the last such line. */
  totals: z.array(z.strictObject({
    pattern: withGroups(TOTAL_GROUPS, 0), since: z.enum(['file', 'section', 'subtotal']).default('file'),
  })).default([]),
  /** A file without any line of totals is not complete. */
  totals_required: z.boolean().default(false),
  /** The balance column and the captured balances tie with the rows. `rises_with`: which side makes it larger. */
  balance: z.strictObject({
    rises_with: side.default('credit'), order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
    /** Lines whose balance is brought forward. */
    brought_forward: pattern.optional(),
  }).optional(),
  /** Arithmetic inside each row: start + add − subtract = equals. */
  row_check: z.strictObject({
    start: column, add: z.array(column).default([]), subtract: z.array(column).default([]), equals: column,
  }).optional(),
})

/** config/formats/*.yaml: the layout of one bank's, treasury's or unit's statement. */
export const formatSchema = format.superRefine((value, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
  const groups = new Set(value.captures.flatMap(groupsOf))
  if ('row' in value.header && value.header.row === 0) {
    for (const [path, one] of placesOf(value)) {
      if (!isLetter(one)) refuse(path, 'without a row of titles a column goes by its letter')
    }
  }
  const sources = (field: StatementField) => [field in value.columns, field in value.constants, groups.has(field),
    field === 'party' && value.party_of_account !== undefined].filter(Boolean).length
  for (const field of STATEMENT_FIELDS) {
    if (sources(field) > 1 && !(groups.has(field) && sources(field) === 2 && field in value.constants)) {
      refuse(['columns'], `${field} has two sources`)
    }
    if (value.required.includes(field) && sources(field) === 0) refuse(['required'], `nothing in the file gives ${field}`)
  }
  if (sources('party') === 0) refuse(['columns'], 'nothing says the party: a column, a constant, a capture or party_of_account')
  if (value.party_of_account && !('account' in value.columns) && !groups.has('account')) {
    refuse(['party_of_account'], 'nothing in the file gives the account')
  }
  if (value.only_on && sources('date') === 0) refuse(['only_on'], 'nothing in the file gives the date')
  const balances = 'balance' in value.columns || groups.has('opening') || groups.has('closing')
  if (balances !== (value.balance !== undefined)) {
    refuse(['balance'], 'stands with a balance column or a captured opening or closing balance, and only there')
  }
  if (value.totals_required && value.totals.length === 0) refuse(['totals_required'], 'totals are not described')
})

type FormatInput = z.output<typeof format>
const isLetter = (one: z.output<typeof column>) => typeof one === 'object' && !Array.isArray(one)

/** Every column that the format speaks of, with its place in the file. */
function placesOf(value: FormatInput): [(string | number)[], z.output<typeof column>][] {
  const amounts = Object.entries(value.amount)
    .filter(([key]) => ['signed', 'debit', 'credit', 'unsigned', 'direction'].includes(key))
    .filter(([key]) => !('unsigned' in value.amount && (key === 'debit' || key === 'credit')))
  const check = value.row_check
  return [
    ...Object.entries(value.columns).map(([key, one]) => [['columns', key], one] as [string[], z.output<typeof column>]),
    ...amounts.map(([key, one]) => [['amount', key], one] as [string[], z.output<typeof column>]),
    ...(check ? [check.start, ...check.add, ...check.subtract, check.equals].map(
      (one) => [['row_check'], one] as [string[], z.output<typeof column>],
    ) : []),
  ]
}

export type FormatConfig = z.infer<typeof formatSchema>
export type FormatColumn = z.output<typeof column>
