import { z } from 'zod'
import { FUNDS } from '../../domain/dimensions.ts'

const DISPOSITIONS = ['carry', 'surplus'] as const

const ruleSchema = z.strictObject({
  /** Funds 资金性质 that the rule is for; '' stands for "not given"; all without it. */
  fund: z.array(z.enum([...FUNDS, ''])).min(1).optional(),
  category: z.array(z.enum(['basic', 'project'])).min(1).optional(),
  /** Closing year less origin year, from–to, both included; one number alone is open at the top. */
  age: z.array(z.number().int().min(0)).min(1).max(2),
  disposition: z.enum(DISPOSITIONS),
  reason: z.strictObject({ zh: z.string(), en: z.string() }),
})

/** config/indicators.yaml: the disposition of what remains of an indicator 指标, by fund, category and age. */
export const indicatorsSchema = z.strictObject({
  rules: z.array(ruleSchema).min(1),
  overrides: z.array(z.strictObject({
    district: z.string(), indicator: z.string(), disposition: z.enum(DISPOSITIONS), reason: z.string().min(1),
  })).default([]),
}).superRefine((value, context) => {
  const seen = new Set<string>()
  value.overrides.forEach(({ district, indicator }, index) => {
    const name = `${district}/${indicator}`
    if (seen.has(name)) {
      context.addIssue({ code: 'custom', path: ['overrides', index], message: `indicator ${name} stands twice` })
    }
    seen.add(name)
  })
  for (const fund of [...FUNDS, ''] as const) {
    for (const category of ['basic', 'project'] as const) {
      const open = firstOpenAge(value.rules.filter((rule) =>
        (!rule.fund || rule.fund.includes(fund)) && (!rule.category || rule.category.includes(category))))
      if (open === undefined) continue
      context.addIssue({ code: 'custom', path: ['rules'],
        message: `no rule for fund '${fund}', category ${category}, age ${open}: every indicator needs a disposition` })
      return
    }
  }
})

/** The smallest age that no rule covers, or undefined when all are covered. */
function firstOpenAge(rules: readonly { age: number[] }[]): number | undefined {
  let age = 0
  for (;;) {
    const ends = rules.filter((rule) => rule.age[0]! <= age && age <= (rule.age[1] ?? Infinity))
      .map((rule) => rule.age[1] ?? Infinity)
    if (ends.length === 0) return age
    const end = Math.max(...ends)
    if (end === Infinity) return undefined
    age = end + 1
  }
}
