/**
 * Import of one district with so many entries, from the folder to the stored partition, against a raw COPY of the same rows,
 * already typed, into the same table with its constraints. Both in turn in one run.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Books } from '../books/connect.ts'
import { importFolder } from '../books/import/import-folder.ts'
import { loadConfig } from '../config/load.ts'
import type { BenchResult } from './benches.ts'
import { timed } from './timing.ts'

const DISTRICT = '152501'
const YEAR = 2025
const UNITS = 123
const CELLS_OF_A_UNIT = 120

/** @param database an empty, migrated database of its own */
export async function benchImport({ rows, database }: { rows: number; database: Books }): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'nianjie-bench-import-'))
  try {
    await writeFolder(join(folder, DISTRICT), rows)
    const seconds = await timed(async () => {
      const report = await importFolder(database, { folder, year: YEAR, config: loadConfig(), by: 'bench' })
      if (report.districts[0]?.version !== 1) {
        throw new Error(`the benchmark's input was refused: ${JSON.stringify(report.districts[0]?.problems.slice(0, 5))}`)
      }
    })
    const peakRssMiB = process.resourceUsage().maxRSS / 1024
    const baselineSeconds = await copyAgain(database, join(folder, 'typed.copy'))
    return { name: 'import', rows, seconds, baselineSeconds, ratio: seconds / baselineSeconds, peakRssMiB }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The baseline: the partition's rows, typed, from a file by COPY into an empty partition with all its constraints. */
async function copyAgain({ pool }: Books, file: string): Promise<number> {
  const client = await pool.connect()
  try {
    const { rows: [scope] } = await client.query<{ scope_id: number }>('select scope_id from scopes')
    const columns = 'scope_id, cell_id, book_id, line, file_line, date, posted, debit, credit, voucher, source, summary'
    const other = scope!.scope_id + 1_000_000
    await pipeline(
      client.query(
        copyTo(`copy (select ${columns.replace('scope_id', String(other))} from entries order by file_line) to stdout`),
      ),
      createWriteStream(file),
    )
    await client.query(`create table bench_entries partition of entries for values in (${other})`)
    return await timed(async () => {
      await pipeline(
        createReadStream(file, { highWaterMark: 1 << 20 }), client.query(copyFrom(`copy entries (${columns}) from stdin`)),
      )
    })
  } finally {
    client.release()
  }
}

/** Two-line vouchers of 123 unit books, spread over some fifteen thousand combinations of account and dimensions. */
async function writeFolder(folder: string, rows: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const units = Array.from({ length: UNITS }, (_, index) => String(101001 + index))
  await writeFile(
    join(folder, 'units.csv'),
    `unit,name,kind,parent,active\n${units.map((unit) => `${unit},预算单位${unit},administrative,,1\n`).join('')}`,
  )
  await writeFile(
    join(folder, 'books.csv'),
    `book,name,system,unit\n${units.map((unit) => `B${unit},${unit}账套,government-unit,${unit}\n`).join('')}`,
  )
  await pipeline(Readable.from(entryLines(units, rows)), createWriteStream(join(folder, 'entries.csv')))
}

function* entryLines(units: readonly string[], rows: number): Generator<string> {
  let text = 'book,voucher,line,date,account,unit,function,revenue,economic,project,fund,counterparty,debit,credit,source,posted,summary\n'
  for (let row = 0; row < rows; row += 2) {
    const voucher = row / 2
    const unit = units[voucher % units.length]!
    const kind = Math.floor(voucher / units.length) % CELLS_OF_A_UNIT
    const day = `2025-${String(1 + (voucher % 12)).padStart(2, '0')}-${String(1 + (voucher % 28)).padStart(2, '0')}`
    const amount = `${1 + (voucher * 7919) % 99991}.${String(voucher % 100).padStart(2, '0')}`
    const head = `B${unit},JZ-${String(voucher).padStart(8, '0')}`
    const tail = `ZF2025${String(voucher).padStart(8, '0')},1,办公费支出第${voucher}笔`
    text += `${head},1,${day},710101,${unit},${2010101 + kind % 12},,${30201 + kind % 10},P${String(kind).padStart(5, '0')},general,,${amount},,${tail}\n`
    text += `${head},2,${day},800102,${unit},,,,,,,,${amount},${tail}\n`
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  yield text
}
