/** What the workbook of a reconciliation 对账表 shows, read in one snapshot. The same state gives the same workbook. */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { StepContext } from '../../activities/step.ts'
import type { Config } from '../../config/load.ts'
import type { Reconciliation } from '../../config/schemas/reconciliations.ts'
import { ruleOrder } from '../../domain/findings.ts'
import { formatYuan } from '../../domain/money.ts'
import { type Confirmation, readConfirmations } from '../confirmations/standing.ts'
import { type Difference, listDifferences } from '../differences/read.ts'
import { type BalanceStatement, readStatements } from '../differences/statement.ts'
import { type Run, findScope } from '../runs.ts'
import type { Database } from '../tables.ts'
import { type Sides, readSides } from './sides.ts'

/** Balance of the whole (party '') or of one party's part; yuan text. */
export interface PartBalance { party: string; a: string; b: string; difference: string; differences: number }

export interface ReconciliationBook {
  district: { code: string; zh: string; en: string }
  year: number
  number: string
  reconciliation: Reconciliation
  /** Last day of what was compared. */
  asOf: string
  /** When it was compared; ISO 8601 UTC. */
  comparedAt: string
  inputVersion: number
  evidenceDigest: string
  balances: readonly PartBalance[]
  sides: Sides
  differences: readonly Difference[]
  confirmations: readonly Confirmation[]
  /** Adjusted balances 余额调节表, of the whole and of the parties where something differs. */
  statements: readonly BalanceStatement[]
  kinds: Config['differences']['kinds']
}

/** The input, or the state of the step, does not allow a workbook of what was compared. */
export class WorkbookRefused extends Error {
  readonly code = 'wrong-state'
  readonly zh: string
  readonly en: string
  constructor(zh: string, en: string) {
    super(en)
    this.name = 'WorkbookRefused'
    this.zh = zh
    this.en = en
  }
}

export interface WorkbookRequest {
  /** Only these numbers; every reconciliation that compared something without it. */
  reconciliations?: readonly string[] | undefined
  /** How many rows of both sides are shown. */
  most: number
}

/**
 * The books of a run, by number.
 * @throws WorkbookRefused when the step has not compared yet, or the input changed since it did
 */
export async function readBooks(
  db: Kysely<Database>, run: Run, config: Config, request: WorkbookRequest,
): Promise<ReconciliationBook[]> {
  return db.transaction().setIsolationLevel('repeatable read').execute(async (trx) => {
    const step = await comparedStep(trx, run)
    const context = await contextOf(trx, run, config, step)
    const balances = await trx.selectFrom('reconciliation_balances').selectAll().where('run_id', '=', run.runId)
      .orderBy(sql`party collate "C"`).execute()
    const differences = await listDifferences(trx, {
      year: run.year, districts: [run.district], now: step.comparedAt, states: ['open', 'to-correct', 'explained', 'waived'],
    })
    const confirmations = await readConfirmations(trx, run.runId, config.reconciliations)
    const statements = await readStatements(
      trx, { year: run.year, districts: [run.district], onlyUnequal: true }, async () => config,
    )
    const name = config.districts.districts.find(({ code }) => code === run.district)?.name
      ?? { zh: run.district, en: run.district }
    const numbers = [...new Set(balances.map(({ reconciliation }) => reconciliation))].sort(
      (one, other) => ruleOrder(one)[1] - ruleOrder(other)[1],
    )
    const books: ReconciliationBook[] = []
    for (const number of numbers.filter((one) => request.reconciliations?.includes(one) ?? true)) {
      const reconciliation = config.reconciliations.reconciliations[number]!
      const own = balances.filter((one) => one.reconciliation === number)
      const sides = await readSides(trx, context, number, reconciliation, request.most)
      refuseMoved(number, own.find(({ party }) => party === '')!, reconciliation, sides)
      books.push({
        district: { code: run.district, ...name }, year: run.year, number, reconciliation, asOf: `${run.year}-12-31`,
        comparedAt: step.comparedAt.toISOString(), inputVersion: step.inputVersion, evidenceDigest: step.evidenceDigest,
        balances: own.map(({ party, a, b, differences: count }) => ({
          party, a: formatYuan(a), b: formatYuan(b), difference: formatYuan(a - b), differences: count,
        })),
        sides, differences: differences.filter(({ rule }) => rule === number),
        confirmations: confirmations.filter((one) => one.reconciliation === number),
        statements: statements.filter((one) => one.reconciliation === number), kinds: config.differences.kinds,
      })
    }
    return books
  })
}

interface ComparedStep { generation: number; comparedAt: Date; inputVersion: number; evidenceDigest: string }

async function comparedStep(trx: Transaction<Database>, run: Run): Promise<ComparedStep> {
  const row = await trx.selectFrom('step_results').select(['generation', 'created_at', 'result', 'evidence_digest'])
    .where('run_id', '=', run.runId)
    .where('step', '=', 'reconcile').where('void_at', 'is', null).orderBy('generation', 'desc').limit(1).executeTakeFirst()
  if (!row) {
    throw new WorkbookRefused(`${run.district} 的对账尚未完成核对。`, `the reconciliation of ${run.district} has not compared anything yet`)
  }
  const { inputVersion = 0 } = row.result as { inputVersion?: number }
  return { generation: row.generation, comparedAt: row.created_at, inputVersion, evidenceDigest: row.evidence_digest }
}

async function contextOf(
  trx: Transaction<Database>, run: Run, config: Config, { generation, inputVersion }: ComparedStep,
): Promise<StepContext> {
  return {
    runId: run.runId, scopeId: run.scopeId, district: run.district, year: run.year, step: 'reconcile', generation, kind: run.kind,
    inputVersion,
    league: { district: run.league, scopeId: run.withLeague ? await findScope(trx, run.league, run.year) : null }, config,
    heartbeat: () => {},
  }
}

/** The rows come from the input as it is now: they must still give the sums that were compared. */
function refuseMoved(number: string, whole: { a: bigint; b: bigint }, { name }: Reconciliation, { a, b }: Sides): void {
  if (whole.a === a && whole.b === b) return
  throw new WorkbookRefused(`${number} ${name.zh}：核对之后数据又有变化，请等重新核对后再出对账表。`,
    `${number} ${name.en}: the input changed after it was compared; make the workbook once it was checked again`)
}
