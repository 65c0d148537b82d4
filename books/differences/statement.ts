/** The 余额调节表 of a district as a person reads it: both balances, the items in transit, the adjusted balances, what is missing. */
import { type Kysely, sql } from 'kysely'
import type { DifferenceState } from '../../domain/differences.ts'
import { formatYuan } from '../../domain/money.ts'
import { type Look, currentRuns } from '../read-model/current.ts'
import type { Database } from '../tables.ts'
import { type AdjustedBalance, type Declared, adjustedBalances, itemsOf } from './balances.ts'
import { SUGGESTED } from './read.ts'

type Text = { zh: string; en: string }

/** One item in transit. Amount in yuan, as it enters the balance of the side that does not have it yet. */
export interface TransitItem { id: string; key: string; amount: string; since: string | null; explanation: string }

/** Amounts are yuan text. */
export interface BalanceStatement {
  district: string
  year: number
  reconciliation: string
  name: Text
  /** '' is the whole. */
  party: string
  a: StatementSide
  b: StatementSide
  /** A less B when everything in transit is counted: 0.00 when the statement ties. */
  difference: string
  ties: boolean
  /** Differences that keep the sides apart: neither corrected nor explained as in transit. */
  missing: readonly { id: string; key: string; difference: string; state: DifferenceState; kind: string | null }[]
  /** What no difference of this party accounts for: such a difference belongs to no party, or to several. */
  unplaced: string
}

export interface StatementSide {
  name: Text; opening: string; movement: string; balance: string; items: readonly TransitItem[]; adjusted: string
}

export interface StatementFilter extends Look {
  reconciliation?: string
  party?: string
  /** Only where something differs. */
  onlyUnequal?: boolean
}

/**
 * The statements that fit, by district, reconciliation and party, the whole of a reconciliation first.
 * @param pinned the configuration of a rules digest: each run's own
 */
export async function readStatements(
  db: Kysely<Database>, filter: StatementFilter, pinned: (db: Kysely<Database>, digest: string) => Promise<Declared>,
): Promise<BalanceStatement[]> {
  const { rows } = await sql<{ run_id: number; district: string; rules_digest: string }>`
    with current as (${currentRuns(filter)})
    select c.run_id, c.district, r.rules_digest from current c join runs r using (run_id) order by c.district collate "C"`.execute(db)
  const statements: BalanceStatement[] = []
  for (const { run_id: runId, district, rules_digest: digest } of rows) {
    const config = await pinned(db, digest)
    const balances = (await adjustedBalances(db, runId, config, filter.onlyUnequal))
      .filter(({ reconciliation, party }) => fits(filter.reconciliation, reconciliation) && fits(filter.party, party))
    if (balances.length === 0) continue
    const items = await readItems(db, runId, config)
    statements.push(...balances.map((balance) => statementOf({ district, year: filter.year }, balance, config, items)))
  }
  return statements
}

const fits = (wanted: string | undefined, value: string): boolean => wanted === undefined || wanted === value

interface Item {
  id: string; rule: string; key: string; party: string; amount: bigint; transit: boolean; to_a: bigint; to_b: bigint
  since: string | null
  comment: string | null; kind: string | null; state: DifferenceState
}

async function readItems(db: Kysely<Database>, runId: number, config: Declared): Promise<Item[]> {
  const { rows } = await sql<Item>`
    select i.finding_id as id, i.rule, i.key, i.party, i.amount, i.transit, i.to_a::bigint as to_a, i.to_b::bigint as to_b, f.facts->>'since' as since, w.comment,
      coalesce(w.difference_kind, ${SUGGESTED}) as kind,
      case when f.status <> 'open' then f.status when w.action = 'correct' then 'to-correct' else 'open' end as state
    from (${itemsOf(runId, config.differences)}) i join findings f on f.run_id = ${runId} and f.finding_id = i.finding_id
      left join finding_decisions w on w.decision_id = f.decision_id and w.finding_id = f.finding_id
    order by i.rule collate "C", i.key collate "C"`.execute(db)
  return rows
}

function statementOf(
  of: { district: string; year: number }, balance: AdjustedBalance, { reconciliations }: Declared, all: readonly Item[],
): BalanceStatement {
  const { reconciliation, party, opening } = balance
  const { name, a, b } = reconciliations.reconciliations[reconciliation]!
  const items = all.filter((item) => item.rule === reconciliation && (party === '' || item.party === party))
  const side = (which: 'a' | 'b', called: Text, movement: bigint, adjusted: bigint): StatementSide => ({
    name: called, opening: formatYuan(opening), movement: formatYuan(movement), balance: formatYuan(opening + movement),
    adjusted: formatYuan(adjusted),
    items: items.filter((item) => item[`to_${which}`] !== 0n)
      .map((item) => ({
        id: item.id, key: item.key, amount: formatYuan(item[`to_${which}`]), since: item.since, explanation: item.comment ?? '',
      })),
  })
  const difference = balance.adjustedA - balance.adjustedB
  return {
    ...of, reconciliation, name, party, a: side('a', a.name, balance.a, balance.adjustedA),
    b: side('b', b.name, balance.b, balance.adjustedB),
    difference: formatYuan(difference), ties: difference === 0n, unplaced: formatYuan(balance.unplaced),
    missing: items.filter(({ transit, amount }) => !transit && amount !== 0n)
      .map(({ id, key, amount, state, kind }) => ({ id, key, difference: formatYuan(amount), state, kind })),
  }
}
