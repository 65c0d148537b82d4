/**
 * Carry-forward of one district with so many posted entries: planned, applied and proved, against the plain SQL that
 * computes and stores the same sums: on integer keys, and on the text keys of the files. All in turn in one run, a few
 * times; the best of each counts. Then the same entries on many more balances, their undo, a check with nothing to do, and
 * thirteen districts at once.
 */
import { cpus } from 'node:os'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { createFound } from '../books/findings.ts'
import { applyCarryForward, planCarryForward, undoCarryForward } from '../books/steps/carry-forward/index.ts'
import type { BenchResult } from './benches.ts'
import { fill } from './carry-forward-data.ts'
import { runBaseline } from './carry-forward-plain.ts'
import { timed } from './timing.ts'

/** Of 1,000,000 entries: 14,760 balances, and 320,000 of which 200,000 are carried. */
const FEW = 0.01476
const MANY = 0.32
const DISTRICTS = 13
const ROUNDS = 3

/**
 * @param rows entry lines of a district; the thirteen have a tenth of them each
 * @param database an empty, migrated database of its own
 */
export async function benchCarryForward({ rows, database }: { rows: number; database: Books }): Promise<BenchResult> {
  const few = await compare(database, await fill(database, { district: '152501', rows, cells: rows * FEW, plain: true }))
  const nodeMiB = memory()
  const context = await fill(database, { district: '152502', rows, cells: rows * MANY, plain: true })
  const many = await compare(database, context)
  const name = `${Math.round(rows * MANY * 5 / 8).toLocaleString('en')} carried`
  return {
    name: 'carry-forward', rows, ...few.integers, peakRssMiB: process.resourceUsage().maxRSS / 1024,
    also: [few.texts, { ...many.integers, baseline: `${name}, integer keys` }, { ...many.texts, baseline: `${name}, ${many.texts.baseline}` }],
    measured: {
      ...await undoAndCheckAgain(database, context), ...await allAtOnce(database, Math.ceil(rows / 10)),
      nodeMiBAfterFewBalances: nodeMiB, nodeMiBAfterAll: memory(),
    },
  }
}

const memory = () => process.resourceUsage().maxRSS / 1024

async function compare(database: Books, context: StepContext) {
  const rounds: { product: number; baseline: number; text: number }[] = []
  for (let generation = 1; generation <= ROUNDS; generation += 1) {
    const baseline = await timed(() => runBaseline(database, 'bench_plain', 'int', 'bigint'))
    const text = await timed(() => runBaseline(database, 'bench_text', 'text', 'numeric'))
    const product = await timed(() => runProduct(database, { ...context, generation }))
    rounds.push({ baseline, product, text })
    // Each round is a first carry-forward: taking the last one back is not part of it.
    await undo(database, context)
  }
  const best = (pick: (round: (typeof rounds)[number]) => number) => Math.min(...rounds.map(pick))
  const seconds = best((round) => round.product)
  const against = (baselineSeconds: number) => ({ seconds, baselineSeconds, ratio: seconds / baselineSeconds })
  return { integers: against(best((round) => round.baseline)), texts: { baseline: 'text keys, numeric', ...against(best((round) => round.text)) } }
}

/** Plans, in a transaction, then applies and proves in another, as the step does. */
export async function runProduct(database: Books, context: StepContext): Promise<void> {
  await check(database, context)
  await database.db.transaction().execute((trx) => applyCarryForward(trx, context))
}

async function check({ db }: Books, context: StepContext): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await createFound(trx)
    const { figures } = await planCarryForward(trx, context)
    if (figures.written !== true) throw new Error(`the benchmark's books can not be closed: ${JSON.stringify(figures)}`)
  })
}

/** Takes back what is in force. */
export async function undo({ db }: Books, context: StepContext): Promise<void> {
  await db.transaction().execute((trx) => undoCarryForward(trx, context, 'bench'))
}

class Interrupted extends Error {}

/** An undo that is lost before its end leaves everything in force; the next attempt does it. Then a plan, and a check of it without anything new. */
async function undoAndCheckAgain(database: Books, context: StepContext): Promise<Record<string, number>> {
  await runProduct(database, { ...context, generation: ROUNDS + 1 })
  await database.db.transaction().execute(async (trx) => {
    await undoCarryForward(trx, context, 'bench')
    throw new Interrupted()
  }).catch((error: unknown) => { if (!(error instanceof Interrupted)) throw error })
  const undoSeconds = await timed(() => undo(database, context))
  await check(database, { ...context, generation: ROUNDS + 2 })
  const againSeconds = await timed(() => check(database, { ...context, generation: ROUNDS + 3 }))
  return { undoAfterInterruptedUndoSeconds: undoSeconds, nothingToDoSeconds: againSeconds }
}

/** Thirteen districts in a row, then at once with as many at work as a worker takes on; how many cores were busy, of whatever process. */
async function allAtOnce(database: Books, rows: number): Promise<Record<string, number>> {
  const contexts: StepContext[] = []
  for (let n = 0; n < DISTRICTS; n += 1) contexts.push(await fill(database, { district: `1526${String(n).padStart(2, '0')}`, rows, cells: rows * MANY, plain: false }))
  const rowSeconds = await timed(async () => { for (const context of contexts) await runProduct(database, context) })
  for (const context of contexts) await undo(database, context)
  const waiting = contexts.map((context) => ({ ...context, generation: 2 }))
  const busy = busySeconds()
  const slots = Math.max(2, cpus().length)
  const seconds = await timed(() => Promise.all(Array.from({ length: slots }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runProduct(database, next)
  })))
  return { districts: DISTRICTS, entriesOfEach: rows, inARowSeconds: rowSeconds, atOnceSeconds: seconds, atOnceCoresBusy: (busySeconds() - busy) / seconds }
}

const busySeconds = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000
