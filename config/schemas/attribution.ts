import { z } from 'zod'
import { STEP_STATES } from '../../domain/steps.ts'
import { ROLES } from './people.ts'

const name = z.strictObject({ zh: z.string(), en: z.string() })

/** config/attribution.yaml: to whom the minutes of a year-end belong. `parties` go first in their order. */
export const attributionSchema = z.strictObject({
  parties: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), name),
  states: z.strictObject(
    Object.fromEntries(STEP_STATES.map((state) => [state, z.string()])) as { [S in (typeof STEP_STATES)[number]]: z.ZodString },
  ),
  roles: z.strictObject(
    Object.fromEntries(ROLES.map((role) => [role, z.string()])) as { [R in (typeof ROLES)[number]]: z.ZodString },
  ),
  owners: z.record(z.string(), z.string()),
  shared: z.array(z.string()).default([]),
}).superRefine(({ parties, states, roles, owners, shared }, context) => {
  for (const [part, given] of Object.entries({ states, roles, owners, shared })) {
    for (const [key, party] of Object.entries(given)) {
      if (!(party in parties)) {
        context.addIssue({ code: 'custom', path: [part, key], message: 'is none of `parties`', input: party })
      }
    }
  }
})
export type AttributionConfig = z.output<typeof attributionSchema>
