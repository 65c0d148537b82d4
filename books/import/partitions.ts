/** Partitions of the input tables, built aside and swapped in at once. */
import type pg from 'pg'
import { INPUT_TABLES, type InputTable, type TableSource } from './tables.ts'

/** Name of the partition of a scope's input version, without schema. */
export const partitionName = (table: InputTable, scopeId: number, version: number) => `${table}_s${scopeId}_v${version}`

/**
 * Makes a stand-alone table with the rows, types and constraints of one partition.
 * CREATE TABLE AS works on all cores, where INSERT uses one; the constraints are added when the rows stand.
 * @throws pg.DatabaseError 23505 when a key repeats
 */
export async function buildPartition(
  client: pg.PoolClient, table: InputTable, scopeId: number, name: string, source: TableSource,
): Promise<void> {
  const { columns, constraints } = await shapeOf(client, table)
  const list = columns.map(({ name: column, type }) => {
    const sql = column === 'scope_id' ? String(scopeId) : source.columns[column]
    if (sql === undefined) throw new Error(`the import gives no value for ${table}.${column}`)
    return `(${sql})::${type} as "${column}"`
  })
  await client.query(`create table books."${name}" as select ${list.join(', ')} from ${source.from}`)
  const changes = [
    ...columns.filter((column) => column.notNull).map((column) => `alter column "${column.name}" set not null`),
    ...constraints.map(
      ({ name: constraint, type, definition }) => `add ${type === 'c' ? `constraint "${constraint}" ` : ''}${definition}`,
    ),
    `add constraint "${name}_scope" check (scope_id = ${scopeId})`,
  ]
  await client.query(`alter table books."${name}" ${changes.join(', ')}`)
  await client.query(`analyze books."${name}"`)
}

interface Shape {
  columns: { name: string; type: string; notNull: boolean }[]
  /** Type as in pg_constraint: c check, p primary key, u unique. */
  constraints: { name: string; type: 'c' | 'p' | 'u'; definition: string }[]
}

async function shapeOf(client: pg.PoolClient, table: InputTable): Promise<Shape> {
  const columns = await client.query<Shape['columns'][number]>(`
    select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as "notNull" from pg_attribute
    where attrelid = 'books.${table}'::regclass and attnum > 0 and not attisdropped order by attnum`)
  const constraints = await client.query<Shape['constraints'][number]>(`
    select conname as name, contype as type, pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = 'books.${table}'::regclass and contype in ('c', 'p', 'u') order by conname`)
  return { columns: columns.rows, constraints: constraints.rows }
}

/** The partitions that a scope has now, by table. */
export async function currentPartitions(client: pg.PoolClient, scopeId: number): Promise<ReadonlyMap<InputTable, string>> {
  const { rows } = await client.query<{ table: InputTable; name: string }>(`
    select p.relname as table, c.relname as name from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
      join pg_namespace n on n.oid = p.relnamespace
    where n.nspname = 'books' and p.relname = any($1) and c.relkind = 'r' and c.relname like p.relname || '\\_s${scopeId}\\_v%'`, [INPUT_TABLES])
  return new Map(rows.map((row) => [row.table, row.name]))
}

/** Waits at most so long for those who read before it lets them pass and tries again. */
const LOCK_TIMEOUT = '2s'
const ATTEMPTS = 300

/**
 * Puts the new partitions (of some tables, or of all) in the place of the old ones, in the transaction of the client. Detaching
 * needs the table for
 * itself: a short lock timeout keeps other districts from queueing behind it.
 */
export async function swapPartitions(
  client: pg.PoolClient, scopeId: number, fresh: ReadonlyMap<InputTable, string>, old: ReadonlyMap<InputTable, string>,
): Promise<void> {
  await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`)
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint swap')
    try {
      for (const table of [...fresh.keys()].sort()) {
        const before = old.get(table)
        if (before) {
          await client.query(`alter table books.${table} detach partition books."${before}"`)
          await client.query(`drop table books."${before}"`)
        }
        await client.query(`alter table books.${table} attach partition books."${fresh.get(table)}" for values in (${scopeId})`)
      }
      await client.query('set local lock_timeout = 0')
      return
    } catch (error) {
      const busy = ['55P03', '40P01'].includes((error as { code?: string }).code ?? '')
      if (!busy || attempt === ATTEMPTS) throw error
      await client.query('rollback to savepoint swap')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
