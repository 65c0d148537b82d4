import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importFolder } from '../../books/import/import-folder.ts'
import { loadConfig } from '../../config/load.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => { database = await createTestDatabase() })
afterAll(async () => { await database.drop() })

const ROWS = 200_000
/** Buffers, the parser's garbage and the workings of the test itself; a file held as rows would take several times as much. */
const ROOM = 220 * 1024 * 1024

function* lines(summary: (row: number) => string): Generator<string> {
  yield 'book,voucher,line,date,account,debit,credit,source,summary\n'
  for (let row = 0; row < ROWS; row += 1000) {
    yield Array.from({ length: 1000 }, (_, at) => `T01,JZ-${String(row + at).padStart(8, '0')},1,2025-06-30,1001,${row + at}.25,,ZF2025${row + at},${summary(row + at)}\n`).join('')
  }
}

test.each([
  ['COPY', 2025, () => '划拨人员经费和公用经费'],
  ['the reader of irregular files', 2024, (row: number) => (row % 2 === 0 ? '"划拨人员\n经费"' : '公用经费')],
])('two hundred thousand entries pass through %s in bounded memory', async (_title, year, summary) => {
  const folder = await mkdtemp(join(tmpdir(), 'nianjie-memory-'))
  await mkdir(join(folder, '152501'))
  await writeFile(join(folder, '152501', 'units.csv'), 'unit,name,kind\n1,x,行政\n')
  await writeFile(join(folder, '152501', 'books.csv'), 'book,name,system\nT01,总会计,财政总会计\n')
  await pipeline(Readable.from(lines(summary)), createWriteStream(join(folder, '152501', 'entries.csv')))
  const start = process.memoryUsage.rss()
  let peak = start
  const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()) }, 20)
  const report = await importFolder(database, { folder, year, config: loadConfig() })
  clearInterval(watch)
  expect(report.districts[0]).toMatchObject({ loaded: true, problemCount: 0 })
  expect(peak - start).toBeLessThan(ROOM)
  const { rows } = await database.pool.query('select count(*)::int as n, sum(debit)::bigint as debit from entries join scopes using (scope_id) where year = $1', [year])
  expect(rows).toEqual([{ n: ROWS, debit: BigInt(ROWS) * BigInt(ROWS - 1) / 2n * 100n + BigInt(ROWS) * 25n }])
  await rm(folder, { recursive: true })
})
