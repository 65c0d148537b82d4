/** A worker in a process of its own, to be killed: its engines take as long as SLOW_STEP_SECONDS says. */
import { sql } from 'kysely'
import { signOff } from '../../activities/sign-off.ts'
import type { StepEngine } from '../../activities/step.ts'
import { workflowBundle } from '../../worker/bundle.ts'
import { startWorker } from '../../worker/run.ts'

const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, OVERLAY, SLOW_STEP_SECONDS = '0' } = process.env
const slow: StepEngine = async (trx, { step }) => {
  await sql`select pg_sleep(${Number(SLOW_STEP_SECONDS)})`.execute(trx)
  return { figures: { step } }
}
const worker = await startWorker({
  databaseUrl: DATABASE_URL!, temporal: { address: TEMPORAL_ADDRESS!, namespace: TEMPORAL_NAMESPACE! }, overlay: OVERLAY!, bundle: workflowBundle(),
  versioned: false, becomeCurrent: false, env: {}, log: { info: () => {}, warn: () => {} },
  engines: { check: (step) => Promise.resolve(step === 'sign-off' ? signOff : slow), rescan: () => Promise.resolve(slow), apply: () => Promise.resolve(slow) },
})
await worker.ended
