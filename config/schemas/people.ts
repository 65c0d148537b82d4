import { z } from 'zod'
import { FINDING_ACTIONS, SEVERITIES } from '../../domain/findings.ts'
import { STEPS } from '../../domain/steps.ts'

export const ROLES = ['engineer', 'coordinator', 'finance', 'auditor'] as const
export type Role = (typeof ROLES)[number]

const actor = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}._-]{1,64}$/u),
  /** Ed25519 public key, SPKI DER in base64. */
  public_key: z.string(),
  /** Empty for people from outside, who only confirm. */
  roles: z.array(z.enum(ROLES)),
  /** District codes; `*` is all. */
  districts: z.array(z.string()).min(1),
  revoked: z.boolean().default(false),
  /** What the actor confirms: a confirmer of config/reconciliations.yaml, and for which banks or units; `*` is all. */
  confirms: z.array(z.strictObject({
    as: z.string().min(1), parties: z.array(z.string().min(1)).min(1).default(['*']),
  })).default([]),
})
const doesSomething = ({ roles, confirms }: { roles: readonly unknown[]; confirms: readonly unknown[] }) =>
  roles.length > 0 || confirms.length > 0
const idle = { path: ['roles'], message: 'a role is needed, or something that the actor confirms' }

/** An actor before the key is made. */
export const newActorSchema = actor.omit({ public_key: true }).refine(doesSomething, idle)

/** config/actors.yaml: who may act. Only public keys; private ones never leave their owner's folder. */
export const actorsSchema = z.strictObject({ actors: z.array(actor.refine(doesSomething, idle)).default([]) })
export type ActorsConfig = z.infer<typeof actorsSchema>
export type Actor = ActorsConfig['actors'][number]

/** config/approvals.yaml: who approves which step, and who may decide which findings how. */
export const approvalsSchema = z.strictObject({
  steps: z.record(z.enum(STEPS), z.strictObject({
    roles: z.array(z.enum(ROLES)).min(1),
    approvers: z.number().int().min(1).max(5).default(1),
  })),
  /** `approvers`: besides the one who asks. */
  undo: z.strictObject({
    roles: z.array(z.enum(ROLES)).min(1),
    approvers: z.number().int().min(1).max(5).default(1),
  }).default({ roles: ['finance', 'coordinator'], approvers: 1 }),
  lock: z.strictObject({ roles: z.array(z.enum(ROLES)).min(1) }).default({ roles: ['coordinator'] }),
  /** Who may sign corrections of asset cards that units sent back. */
  corrections: z.strictObject({ roles: z.array(z.enum(ROLES)).min(1) }).default({ roles: ['engineer', 'coordinator'] }),
  /** First rule that fits a finding holds; without one nothing can be decided: the input must be corrected. */
  decisions: z.array(z.strictObject({
    step: z.enum(STEPS).optional(),
    /** Regular expression, anchored, on the finding's rule. */
    rule: z.string().optional(),
    severity: z.enum(SEVERITIES).optional(),
    /** `document` stands for the dispositions that config/documents.yaml allows for the type. */
    actions: z.array(z.enum([...FINDING_ACTIONS, 'document'])),
    roles: z.array(z.enum(ROLES)).default(['engineer', 'coordinator']),
  })),
})
export type ApprovalsConfig = z.infer<typeof approvalsSchema>

/** `90m`, `2h`: see domain/deadlines.ts `parseDuration`. */
export const duration = z.string().regex(/^\d+(ms|s|m|h)$/, 'a duration such as 90m, 2h, 500ms')

/** A rung of a problem's ladder: when it comes, whom it calls at once, and to whom it is passed on while nobody answers. */
const rung = z.strictObject({
  after: duration.optional(), before: duration.optional(), breach: z.literal(true).optional(),
  to: z.array(z.string()).min(1), pass_on_to: z.array(z.string()).default([]),
}).refine(
  ({ after, before, breach }) => [after, before, breach].filter((one) => one !== undefined).length === 1,
  'needs one of after, before, breach',
)
const ladder = z.array(rung).refine((rungs) => rungs.filter(({ breach }) => breach).length === 1, 'needs one rung for the breach')

const problemLadders = z.strictObject({
  levels: z.record(
    z.string(),
    z.strictObject({ name: z.strictObject({ zh: z.string(), en: z.string() }), roles: z.array(z.enum(ROLES)).min(1) }),
  ),
  pass_on_after: duration,
  ladders: z.strictObject({ response: ladder, resolution: ladder, 'working-days': ladder }),
}).superRefine(({ levels, ladders }, context) => {
  for (const [name, rungs] of Object.entries(ladders)) {
    for (const [index, { to, pass_on_to: passOnTo }] of rungs.entries()) {
      const unknown = [...to, ...passOnTo].filter((level) => !(level in levels))
      if (unknown.length > 0) {
        context.addIssue({
          code: 'custom', path: ['ladders', name, index, 'to'], message: `no such level: ${unknown.join(', ')}`,
        })
      }
    }
  }
})
export type ProblemLadders = z.output<typeof problemLadders>

/** config/escalation.yaml: how long a wait on a person may last, who is told then, and where. */
export const escalationSchema = z.strictObject({
  reminder_after: duration,
  escalate_after: duration,
  /** One entry for each level; after the last one it stays there. `repeat_after` is the time from level to level. */
  repeat_after: duration,
  ladder: z.array(z.strictObject({
    name: z.strictObject({ zh: z.string(), en: z.string() }), roles: z.array(z.enum(ROLES)).min(1),
  })).min(1),
  /** Alarms of problems; the built-in ones where an office's file has none. */
  problems: problemLadders.optional(),
  delivery: z.strictObject({
    attempts: z.number().int().min(1).max(20),
    webhooks: z.array(z.strictObject({ url: z.url(), secret_env: z.string().optional() })),
    smtp: z.strictObject({ url: z.string(), from: z.string(), to: z.array(z.string()).min(1) }).nullable(),
  }),
})
export type EscalationConfig = z.infer<typeof escalationSchema>
