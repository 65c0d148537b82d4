/** What the report says of the reconciliations: differences with their life, adjusted balances, and the levels' mirror. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Declared } from '../books/differences/balances.ts'
import { leagueSummary } from '../books/differences/league.ts'
import { daysBetween, listDifferences } from '../books/differences/read.ts'
import { readStatements } from '../books/differences/statement.ts'
import { type Look, currentRuns } from '../books/read-model/current.ts'
import { loadRulePack } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import { loadConfigFile } from '../config/load.ts'
import { placesOf } from '../domain/differences.ts'
import type { DifferenceReport } from './district-parts.ts'
import type { DistrictReport, YearReport } from './model.ts'

type Trx = Transaction<Database>
type Bare = Omit<YearReport, 'mirrors'>

/** Adds them to a report; ages are those of the moment that the report shows. */
export async function withReconciled(trx: Trx, look: Look, report: Bare): Promise<YearReport> {
  const asOf = new Date(report.asOf ?? 0)
  const statements = await readStatements(trx, { ...look, onlyUnequal: true }, declaredBy)
  const listed = await listDifferences(trx, { ...look, now: asOf })
  const districts = await Promise.all(report.districts.map(async (district): Promise<DistrictReport> => {
    const kinds = await kindsOf(trx, district.rulesDigest)
    return {
      ...district, balances: statements.filter((one) => one.district === district.code),
      differences: listed.filter((one) => one.district === district.code).map((one): DifferenceReport => ({
        id: one.id, rule: one.rule, key: one.key, difference: one.difference, a: one.a.amount, b: one.b.amount,
        kind: kindName(kinds, one.kind), suggested: one.explanation === null,
        owner: one.owner, explanation: one.explanation, state: one.state, since: one.since, firstSeenAt: one.firstSeenAt,
        ageDays: daysBetween(one.since ?? one.firstSeenAt, asOf),
        payment: typeof one.facts.payment === 'string' ? one.facts.payment : null, ...placesOf(one.facts),
      })),
    }
  }))
  return { ...report, districts, mirrors: await mirrorsOf(trx, look) }
}

type Kinds = readonly { kind: string; name: { zh: string; en: string } }[]
const kindName = (kinds: Kinds, kind: string | null) =>
  (kind === null ? null : kinds.find((one) => one.kind === kind)?.name ?? { zh: kind, en: kind })

async function kindsOf(trx: Trx, digest: string | null): Promise<Kinds> {
  return digest === null ? [] : (await declaredBy(trx, digest)).differences.kinds
}

/** As the latest run declares them; none where nothing ran. */
async function mirrorsOf(trx: Trx, look: Look): Promise<YearReport['mirrors']> {
  const { rows } = await sql<{ rules_digest: string; league: string }>`
    with current as (${currentRuns(look)})
    select r.rules_digest, r.league from current c join runs r using (run_id) order by r.run_id desc limit 1`.execute(trx)
  const [latest] = rows
  return latest ? leagueSummary(trx, look, {
    reconciliations: (await declaredBy(trx, latest.rules_digest)).reconciliations, league: latest.league,
  }) : []
}

/** What a run was pinned to, as far as it is shown; a file that was not there yet is the built-in one. */
export async function declaredBy(db: Kysely<Database>, digest: string): Promise<Declared> {
  const { differences, reconciliations } = await loadRulePack(db, digest) as Partial<Declared>
  return {
    differences: differences ?? loadConfigFile('differences'),
    reconciliations: reconciliations ?? loadConfigFile('reconciliations'),
  }
}
