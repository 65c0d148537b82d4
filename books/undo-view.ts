/** What an undo of the carry-forward in force would touch: for people, before they ask for it or agree. */
import { type Kysely, sql } from 'kysely'
import type { Step } from '../domain/steps.ts'
import { type UndoPreview, previewUndo } from './steps/carry-forward/index.ts'
import type { Database } from './tables.ts'
import { undoStanding } from './undo.ts'

export interface UndoView extends UndoPreview {
  /** What a word on this undo is signed for. */
  digest: string
  /** Rows of the new year's setup tables that the initialisation made from these openings, when it has a result. */
  initialisation: { generation: number; items: number } | null
  carriedDocuments: { documents: number; amount: string }
  /** The reports of a signed-off year no longer say what is so: they are made anew after the next sign-off. */
  signedOff: boolean
  request: { actor: string; comment: string; approvers: readonly string[] } | null
}

/** @returns null when no carry-forward of the run is in force */
export function viewUndo(db: Kysely<Database>, runId: number): Promise<UndoView | null> {
  return db.transaction().execute(async (trx) => {
    const standing = await undoStanding(trx, runId)
    if (!standing) return null
    const { rows: [rest] } = await sql<Pick<UndoView, 'initialisation' | 'carriedDocuments' | 'signedOff'>>`
      select (select jsonb_build_object('generation', r.generation, 'items',
          (select count(*) from new_setup_items i where i.run_id = r.run_id and i.generation = r.generation and i.live))
          from step_results r where r.run_id = ${runId} and r.step = ${'initialise' satisfies Step} and r.void_at is null
          order by r.generation desc limit 1) as initialisation,
        (select jsonb_build_object('documents', count(*), 'amount', to_char(coalesce(sum(amount), 0)::numeric / 100, 'FM999999999999999999990.00'))
          from carried_documents where run_id = ${runId}) as "carriedDocuments",
        (select state = 'completed' from runs where run_id = ${runId}) as "signedOff"`.execute(trx)
    const { digest, request, approvers } = standing
    return {
      digest, ...await previewUndo(trx, runId), ...rest!,
      request: request && { actor: request.actor, comment: request.comment, approvers },
    }
  })
}
