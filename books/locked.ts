/** What PostgreSQL says when somebody writes input for a year that was locked (migration 101), and the record of it. */
import { appendAudit } from './audit.ts'
import type { Books } from './connect.ts'

/** SQLSTATE of the refusal. */
const LOCKED = 'NJ001'

export interface Locked { district: string; year: number; actor: string }

/** The lock that stands against what was tried; undefined for another error. */
export function lockedBy(error: unknown): Locked | undefined {
  const { code, detail } = (error ?? {}) as { code?: unknown; detail?: unknown }
  return code === LOCKED && typeof detail === 'string' ? JSON.parse(detail) as Locked : undefined
}

/** Writes the refusal down when it was one; the transaction that was refused is over by then. */
export async function auditLocked(
  { db }: Books, error: unknown, { what, by }: { what: string; by: string | null },
): Promise<void> {
  const locked = lockedBy(error)
  if (locked) {
    await appendAudit(db, {
      district: locked.district, kind: `${what}.refused`, actor: by ?? '', subject: String(locked.year),
      detail: { code: 'locked', lockedBy: locked.actor },
    })
  }
}
