import { z } from 'zod'
import { ROLES } from './people.ts'

const percent = z.number().min(0).max(100)
const roles = z.array(z.enum(ROLES)).min(1)

/** config/service-targets.yaml: by what the service is measured, who keeps its records, and for how long. */
export const serviceTargetsSchema = z.strictObject({
  answer_rate: percent, satisfaction_average: percent, satisfaction_each: percent, repeat_complaints: z.number().int().min(1),
  may: z.strictObject({ record: roles, judge: roles }),
  retention: z.record(
    z.enum(['vouchers', 'reconciliations', 'reports', 'service']),
    z.strictObject({ years: z.number().int().positive().nullable(), zh: z.string(), en: z.string() }),
  ),
})
export type ServiceTargets = z.output<typeof serviceTargetsSchema>
