import { z } from 'zod'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import { INPUT_FILES } from '../../domain/steps.ts'

const words = z.array(z.string().min(1))

const column = z.strictObject({
  type: z.enum(['text', 'amount', 'date', 'month', 'integer', 'decimal', 'flag', 'enum', 'list']),
  /** Chinese titles that may stand in the header instead of the English name. */
  titles: words.min(1),
  required: z.boolean().default(false),
  default: z.string().optional(),
  /** For enum and list: the value → other words that are accepted for it. */
  values: z.record(z.string(), words).optional(),
  /** An unknown word loads as it is. */
  open: z.boolean().default(false),
  /** Spaces at the ends are kept. */
  verbatim: z.boolean().default(false),
  reference: z.enum(['unit', 'book']).optional(),
})
export type ColumnRule = z.infer<typeof column>

const file = z.strictObject({
  title: z.string(),
  /** A district without this file is refused. */
  required: z.boolean().default(false),
  /** The seven dimensions stand among the columns. */
  dimensions: z.boolean().default(false),
  columns: z.record(z.string().regex(/^[a-z_]+$/), column),
})

/**
 * Files that came after a configuration was written: a copy of an office, or one that an open run is pinned to, may not name
 * them.
 */
const LATER_FILES = {
  asset_analysis: { title: '资产分析报告', columns: { text: { type: 'text', titles: ['正文'], required: true, verbatim: true } } },
}
const withLaterFiles = (files: unknown): unknown =>
  (typeof files === 'object' && files !== null ? { ...LATER_FILES, ...files } : files)

type Issues = z.core.$RefinementCtx

/** config/input.yaml: files, columns, titles and words of the input. */
export const inputSchema = z.strictObject({
  problems_listed: z.number().int().min(1).max(100_000),
  flags: z.strictObject({ true: words.min(1), false: words.min(1) }),
  funds: z.record(z.string(), words),
  dimensions: z.record(z.enum(DIMENSIONS), column),
  files: z.preprocess(withLaterFiles, z.record(z.enum(INPUT_FILES), file)),
}).superRefine((value, issues) => {
  checkWords(Object.entries({ true: value.flags.true, false: value.flags.false }), ['flags'], issues)
  for (const [name, { columns, dimensions }] of Object.entries(value.files)) {
    const all = { ...columns, ...(dimensions ? value.dimensions : {}) }
    checkWords(Object.entries(all).map(([key, { titles }]) => [key, [key, ...titles]]), ['files', name, 'columns'], issues)
    for (const [key, rule] of Object.entries(columns)) checkColumn(rule, ['files', name, 'columns', key], issues)
  }
})
export type InputConfig = z.infer<typeof inputSchema>

function checkColumn(rule: ColumnRule, path: string[], issues: Issues): void {
  const named = rule.type === 'enum' || rule.type === 'list'
  if (named !== (rule.values !== undefined)) {
    issues.addIssue({ code: 'custom', path, message: 'values stand with enum and list, and only there' })
  }
  if (rule.open && rule.type !== 'enum') issues.addIssue({ code: 'custom', path, message: 'only an enum can be open' })
  if (rule.required && rule.default !== undefined) {
    issues.addIssue({ code: 'custom', path, message: 'a required column has no default' })
  }
  checkWords(Object.entries(rule.values ?? {}).map(([key, more]) => [key, [key, ...more]]), [...path, 'values'], issues)
}

/** One word, one meaning. */
function checkWords(groups: [string, string[]][], path: string[], issues: Issues): void {
  const owner = new Map<string, string>()
  for (const [key, list] of groups) {
    for (const word of list) {
      const other = owner.get(word)
      if (other !== undefined) {
        issues.addIssue({ code: 'custom', path: [...path, key], message: `${word} already stands for ${other}` })
      }
      owner.set(word, key)
    }
  }
}
