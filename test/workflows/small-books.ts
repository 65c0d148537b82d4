/** One unit's books, small enough to be closed in a moment, and engines that really close them. */
import { sql } from 'kysely'
import { ENGINES, type Engines } from '../../activities/engines.ts'
import { loadDistrict } from '../carry-forward/load.ts'
import { type District, type Line, emptyDistrict } from '../carry-forward/model.ts'
import { type World, approve, enginesOf } from './world.ts'

/** The carry-forward is the product's own; the other steps find what the test says. */
export function realBooks(world: World): Engines {
  const planned = enginesOf(world)
  return { ...planned, check: (step) => (step === 'carry-forward' ? ENGINES : planned).check(step), apply: ENGINES.apply, undo: ENGINES.undo }
}

/** A unit that begins with 100 yuan and is given `received` by the treasury. */
function unit(district: string, received: string): District {
  const line = (account: string, debit: string, credit: string, dims: Partial<Line> = {}) => ({ book: 'U', voucher: 'V1', account, unit: '001', debit, credit, ...dims })
  return {
    ...emptyDistrict(), district, units: [{ unit: '001', kind: 'administrative' }], books: [{ book: 'U', system: 'government-unit', unit: '001' }],
    opening: [line('1002', '100.00', ''), line('3001', '', '100.00'), line('800102', '100.00', ''), line('820204', '', '100.00')],
    entries: [line('1002', received, ''), line('4001', '', received), line('800102', received, ''), line('6001', '', received, { function: '2010101', project: 'P1', fund: 'general' })],
  }
}

/** Imports the unit's books; again with another amount is a correction of the entries. @returns the version */
export async function importUnit(world: World, district: string, received: string): Promise<number> {
  const { db } = world.database
  const before = await db.selectFrom('input_files').innerJoin('scopes', 'scopes.scope_id', 'input_files.scope_id').select('version')
    .where('district', '=', district).executeTakeFirst()
  await db.transaction().execute(async (trx) => {
    const context = await loadDistrict(trx, unit(district, received))
    await sql`delete from input_files where scope_id = ${context.scopeId} and version = ${context.inputVersion}`.execute(trx)
    await sql`delete from input_versions where scope_id = ${context.scopeId} and version = ${context.inputVersion}`.execute(trx)
    await sql`delete from runs where rules_digest = 'test'`.execute(trx)
  })
  return world.import(district, before ? ['entries'] : [])
}

/** Takes a district up to the carry-forward in force. */
export async function closeYear(world: World, district: string, [first, second]: [string, string]): Promise<void> {
  for (const step of ['asset-health', 'in-transit', 'reconcile'] as const) await approve(world, district, step, first)
  await approve(world, district, 'carry-forward', first, second)
}

export interface Books { openings: string[]; closing: string[]; live: number; reversed: number; unbalanced: number }

/** What is in force, and how many carry-forwards there are of each state. `unbalanced`: reversed ones that do not cancel out. */
export async function booksOf({ database: { db } }: World, district: string): Promise<Books> {
  const of = sql`carry_forwards c join scopes using (scope_id) where district = ${district}`
  const texts = async (query: ReturnType<typeof sql<{ text: string }>>) => (await query.execute(db)).rows.map(({ text }) => text)
  const counts = await sql<{ live: number; reversed: number; unbalanced: number }>`
    select (select count(*)::int from ${of} and c.state = 'live') as live, (select count(*)::int from ${of} and c.state = 'reversed') as reversed,
      (select count(*)::int from (select from closing_entries e where carry_id in (select carry_id from ${of} and c.state = 'reversed')
        group by carry_id, book, account, unit, function, economic, project, fund having sum(debit) <> sum(credit)) one) as unbalanced`.execute(db)
  return {
    ...counts.rows[0]!,
    openings: await texts(sql`select book || '|' || account || ' ' || sum(balance) as text from opening_balances
      where carry_id in (select carry_id from ${of} and c.state = 'live') group by book, account order by 1`),
    closing: await texts(sql`select concat_ws('|', rule, book, account, function, project, fund, debit, credit) as text from closing_entries
      where carry_id in (select carry_id from ${of} and c.state = 'live') order by 1`),
  }
}
