import { z } from 'zod'
import { FINDING_ACTIONS, SEVERITIES } from '../../domain/findings.ts'
import { STEPS } from '../../domain/steps.ts'

export const ROLES = ['engineer', 'coordinator', 'finance', 'auditor'] as const
export type Role = (typeof ROLES)[number]

/** config/actors.yaml: who may act. Only public keys; private ones never leave their owner's folder. */
export const actorsSchema = z.strictObject({
  actors: z.array(z.strictObject({
    name: z.string().regex(/^[\p{L}\p{N}._-]{1,64}$/u),
    /** Ed25519 public key, SPKI DER in base64. */
    public_key: z.string(),
    roles: z.array(z.enum(ROLES)).min(1),
    /** District codes; `*` is all. */
    districts: z.array(z.string()).min(1),
    revoked: z.boolean().default(false),
  })).default([]),
})
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

const duration = z.string().regex(/^\d+(ms|s|m|h)$/, 'a duration such as 90m, 2h, 500ms')

/** config/escalation.yaml: how long a wait on a person may last, who is told then, and where. */
export const escalationSchema = z.strictObject({
  reminder_after: duration,
  escalate_after: duration,
  /** One entry for each level; after the last one it stays there. `repeat_after` is the time from level to level. */
  repeat_after: duration,
  ladder: z.array(z.strictObject({ name: z.strictObject({ zh: z.string(), en: z.string() }), roles: z.array(z.enum(ROLES)).min(1) })).min(1),
  delivery: z.strictObject({
    attempts: z.number().int().min(1).max(20),
    webhooks: z.array(z.strictObject({ url: z.url(), secret_env: z.string().optional() })),
    smtp: z.strictObject({ url: z.string(), from: z.string(), to: z.array(z.string()).min(1) }).nullable(),
  }),
})
export type EscalationConfig = z.infer<typeof escalationSchema>
