/**
 * Benchmark `reconcile-lines`: a bank's statement against the special-account ledger, line by line (R7), and against the
 * payment certificates (R8); the baseline is the plain hash join of the same two sides by party, reference and amount.
 * Product and baseline in turn on the same rows.
 */
import { type Transaction, sql } from 'kysely'
import type { StepContext } from '../activities/step.ts'
import type { Books } from '../books/connect.ts'
import { createFound } from '../books/findings.ts'
import { reconcileOne } from '../books/steps/reconcile/index.ts'
import type { Database } from '../books/tables.ts'
import { loadConfig } from '../config/load.ts'
import type { BenchResult } from './benches.ts'
import { bestOf } from './timing.ts'

const DISTRICT = '152598'
const YEAR = 2025
const ROUNDS = 3

/**
 * Runs the benchmark in a migrated database of its own, `rows` lines on each side; the rows stay there. The best of three rounds
 * each.
 */
export async function benchReconcileLines({ rows, database }: { rows: number; database: Books }): Promise<BenchResult> {
  const scopeId = await makeSides(database, rows)
  const { seconds, baselineSeconds } = await bestOf(ROUNDS, () => joinSides(database, scopeId), () => matchSides(
    database, scopeId,
  ))
  const peakRssMiB = process.resourceUsage().maxRSS / 1024
  return { name: 'reconcile-lines', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds, peakRssMiB }
}

/** Both joins, as somebody would write them by hand: what has no equal partner on either side. */
async function joinSides({ db }: Books, scopeId: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local work_mem = '128MB'`.execute(trx)
    await joinBoth(trx, scopeId)
  })
}

async function joinBoth(trx: Transaction<Database>, scopeId: number): Promise<void> {
  await sql`
    select count(*) from (
      select c.counterparty as party, e.source as reference, e.debit - e.credit as amount from entries e
      join cells c on c.scope_id = e.scope_id and c.cell_id = e.cell_id where e.scope_id = ${scopeId} and e.posted) a
    full join (select party, reference, amount from statements where scope_id = ${scopeId} and reconciliation = 'R7') b
      on a.party = b.party and a.reference = b.reference and a.amount = b.amount where a.amount is null or b.amount is null`.execute(trx)
  await sql`
    select count(*) from (select counterparty as party, number as reference, amount from documents where scope_id = ${scopeId} and status = 'completed') a
    full join (select party, reference, amount from statements where scope_id = ${scopeId} and reconciliation = 'R8') b
      on a.party = b.party and a.reference = b.reference and a.amount = b.amount where a.amount is null or b.amount is null`.execute(trx)
}

async function matchSides({ db }: Books, scopeId: number): Promise<void> {
  const config = loadConfig()
  const context: StepContext = {
    runId: 1, scopeId, district: DISTRICT, year: YEAR, step: 'reconcile', generation: 1, kind: 'rehearsal', inputVersion: 1,
    league: { district: '152500', scopeId: null }, config, heartbeat: () => {},
  }
  await db.transaction().execute(async (trx) => {
    await createFound(trx)
    for (const number of ['R7', 'R8']) await reconcileOne(trx, context, number, config.reconciliations.reconciliations[number]!)
  })
}

/** Five banks; of a thousand lines 990 agree by reference, 6 only by day and amount, 2 by day in groups, 2 not at all. */
async function makeSides({ db }: Books, rows: number): Promise<number> {
  const scope = await sql<{ scope_id: number }>`insert into scopes (district, year) values (${DISTRICT}, ${YEAR})
    on conflict (district, year) do update set year = excluded.year returning scope_id`.execute(db)
  const scopeId = scope.rows[0]!.scope_id
  for (const table of ['units', 'books', 'accounts', 'cells', 'cell_totals', 'entries', 'documents', 'statements']) {
    await sql.raw(`create table if not exists ${table}_${scopeId} partition of ${table} for values in (${scopeId})`).execute(db)
  }
  for (const statement of SIDES) {
    await sql.raw(statement.replaceAll(':scope', String(scopeId)).replaceAll(':rows', String(rows))).execute(db)
  }
  for (const table of ['entries', 'documents', 'statements', 'cells']) await sql.raw(`analyze ${table}_${scopeId}`).execute(db)
  return scopeId
}

const SIDES = [
  `insert into books (scope_id, book_id, book, name, system, file_line) values (:scope, 1, 'ZH', '专户', 'special-account', 2)`,
  `insert into accounts (scope_id, account_id, book_id, account, name, element, side, dimensions, leaf) values (:scope, 1, 1, '1004', '其他财政存款', 'asset', 'debit', '{counterparty}', true)`,
  `insert into cells (scope_id, cell_id, book_id, account_id, counterparty) select :scope, n, 1, 1, 'bank' || n from generate_series(1, 5) n`,
  `insert into entries (scope_id, cell_id, book_id, line, file_line, date, posted, debit, credit, voucher, source)
    select :scope, n % 5 + 1, 1, 1, n + 1, date '2025-01-01' + n % 365, true, (n::bigint * 7919 % 1000003) + 1, 0, 'V' || n,
      case when n % 1000 < 990 then 'LS' || n end from generate_series(1, :rows) n`,
  `insert into statements (scope_id, row_id, reconciliation, party, reference, date, amount, file_line)
    select :scope, n, 'R7', 'bank' || n % 5 + 1, case when n % 1000 < 990 then 'LS' || n when n % 1000 > 997 then 'XX' || n end,
      date '2025-01-01' + n % 365 + case when n % 1000 between 993 and 995 then 2 else 0 end, (n::bigint * 7919 % 1000003) + case when n % 1000 > 997 then 2 else 1 end, n + 1
    from generate_series(1, :rows) n`,
  `insert into documents (scope_id, type, number, amount, status, counterparty, file_line)
    select :scope, 'PAY_CERT', 'ZF2025' || lpad(n::text, 8, '0'), (n::bigint * 7919 % 1000003) + 1, case when n % 1000 = 0 then 'sent' else 'completed' end, 'bank' || n % 5 + 1, n + 1
    from generate_series(1, :rows) n`,
  `insert into statements (scope_id, row_id, reconciliation, party, reference, date, amount, file_line)
    select :scope, :rows + n, 'R8', 'bank' || n % 5 + 1, 'ZF2025' || lpad(n::text, 8, '0'), date '2025-01-01' + n % 365,
      (n::bigint * 7919 % 1000003) + case when n % 1000 = 1 then 2 else 1 end, :rows + n + 1 from generate_series(1, :rows) n`,
]
