/** A worker in a process of its own, to be killed: its engines take as long as SLOW_STEP_SECONDS says. */
import { sql } from 'kysely'
import { ENGINES } from '../../activities/engines.ts'
import { signOff } from '../../activities/sign-off.ts'
import type { StepEngine } from '../../activities/step.ts'
import { workflowBundle } from '../../worker/bundle.ts'
import { startWorker } from '../../worker/run.ts'

const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, OVERLAY, SLOW_STEP_SECONDS = '0' } = process.env
const slow: StepEngine = async (trx, { step }) => {
  await sql`select pg_sleep(${Number(SLOW_STEP_SECONDS)})`.execute(trx)
  return { figures: { step } }
}
/** The product's own undo, held open before it commits. */
const slowUndo: typeof ENGINES.undo = async () => {
  const undo = await ENGINES.undo()
  return async (trx, context, reason) => {
    const undone = await undo(trx, context, reason)
    await sql`select pg_sleep(${Number(SLOW_STEP_SECONDS)})`.execute(trx)
    return undone
  }
}
const worker = await startWorker({
  databaseUrl: DATABASE_URL!, temporal: { address: TEMPORAL_ADDRESS!, namespace: TEMPORAL_NAMESPACE! }, overlay: OVERLAY!, bundle: workflowBundle(),
  versioned: false, becomeCurrent: false, env: {}, log: { info: () => {}, warn: () => {} },
  engines: { check: (step) => Promise.resolve(step === 'sign-off' ? signOff : slow), rescan: () => Promise.resolve(slow), apply: () => Promise.resolve(slow), undo: slowUndo },
})
await worker.ended
