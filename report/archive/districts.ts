/** A district's part of the archive: tables, the results of the carry-forward, adjusted balances, evidence. */
import { extname } from 'node:path'
import { sql } from 'kysely'
import { districtTables } from '../../books/archive/district-tables.ts'
import type { ArchivedDistrict } from '../../books/archive/standing.ts'
import { readEvidenceFile } from '../../books/differences/evidence.ts'
import { readStatements, type BalanceStatement } from '../../books/differences/statement.ts'
import { EXPORTS, type ExportKind, findGeneration, isNewYear, writeExport } from '../../books/export/export.ts'
import { JournalStale, writeJournal } from '../../books/export/journal.ts'
import type { Text } from '../model.ts'
import { declaredBy } from '../read-reconciled.ts'
import { csv } from '../workbook/csv.ts'
import type { Archiving } from './write.ts'

/** @returns the files that would have no rows and were not made */
export async function writeDistrict(archiving: Archiving, { code, scopeId, runs }: ArchivedDistrict): Promise<string[]> {
  const none: string[] = []
  for (const { file, what, retention, signed, ...table } of districtTables({ scopeId, runs: runs.map(({ id }) => id) })) {
    const some = await archiving.folder.putSome(
      { path: `districts/${code}/${file}`, what, district: code, retention, ...(signed && { signed }) },
      (out) => archiving.reader.copy(table, out))
    if (!some) none.push(file)
  }
  await writeExports(archiving, code)
  await writeBalances(archiving, code)
  await writeEvidence(archiving, code, runs.map(({ id }) => id))
  return none
}

const EXPORTED: Record<ExportKind, Text> = {
  opening: { zh: '新年度期初余额', en: 'openings of the new year' }, 'closing-entries': { zh: '年终结转分录', en: 'closing entries' },
  indicators: { zh: '结转到新年度的指标', en: 'indicators carried to the new year' },
  'indicator-dispositions': { zh: '指标年终处置', en: 'what became of each indicator' },
}
const JOURNAL = { zh: '全年文本账（hledger / ledger 可复核）', en: 'the year as a plain-text journal for hledger or ledger' }

/** As `nianjie export` writes them. */
async function writeExports({ trx, snapshot, folder, request: { books, year }, leave }: Archiving, code: string): Promise<void> {
  const source = await findGeneration(trx, { district: code, closingYear: year })
  if (!source) {
    return leave(code, { zh: '结转结果和文本账', en: 'results of the carry-forward, and the journal' }, {
      zh: '没有已生效的年终结转', en: 'no carry-forward is in force',
    })
  }
  for (const kind of EXPORTS) {
    await folder.put({ path: `districts/${code}/exports/${kind}-${isNewYear(kind) ? year + 1 : year}.csv`, what: EXPORTED[kind], district: code, retention: 'vouchers' },
      (out) => writeExport(books, kind, source, out, snapshot))
  }
  try {
    await folder.put({ path: `districts/${code}/exports/journal-${year}.journal`, what: JOURNAL, district: code, retention: 'vouchers' }, async (out) => {
      await writeJournal(books, source, out, snapshot)
      return null
    })
  } catch (error) {
    if (!(error instanceof JournalStale)) throw error
    leave(code, JOURNAL, { zh: '结转之后又导入了数据，无法由现有数据得出', en: 'the input was imported anew since the carry-forward' })
  }
}

const BALANCE_COLUMNS = [
  'reconciliation', 'name', 'party', 'side', 'side_name', 'line', 'finding', 'key', 'since', 'amount', 'ties',
]

/** The 余额调节表 of every reconciliation and party, a row for each of its lines. */
async function writeBalances({ trx, folder, request: { year } }: Archiving, code: string): Promise<void> {
  const statements = await readStatements(trx, { year, districts: [code] }, declaredBy)
  if (statements.length === 0) return
  await folder.putText(
    {
      path: `districts/${code}/reconciliation/adjusted-balances.csv`, what: { zh: '余额调节表', en: 'adjusted balances' },
      district: code, retention: 'reconciliations',
    },
    csv([BALANCE_COLUMNS, ...statements.flatMap(balanceRows)]))
}

function balanceRows(one: BalanceStatement): string[][] {
  const { reconciliation, name, party, ties } = one
  const sides = (['a', 'b'] as const).flatMap((side) => {
    const { name: sideName, opening, movement, balance, items, adjusted } = one[side]
    const line = (what: string, amount: string, item: readonly string[] = ['', '', '']) =>
      [side, sideName.zh, what, ...item, amount]
    return [
      line('opening', opening), line('movement', movement), line('balance', balance),
      ...items.map((item) => line('in-transit', item.amount, [item.id, item.key, item.since ?? ''])), line('adjusted', adjusted),
    ]
  })
  return [...sides, ['', '', 'difference', '', '', '', one.difference]].map((row) => [
    reconciliation, name.zh, party, ...row, ties ? '1' : '0',
  ])
}

/** Files that prove explanations, as they were given. */
async function writeEvidence({ trx, folder }: Archiving, code: string, runs: readonly number[]): Promise<void> {
  const { rows } = await sql<{ sha256: string; name: string }>`
    select w.evidence_sha256 as sha256, min(w.evidence_name collate "C") as name from finding_decisions w join decisions d using (decision_id)
    where d.run_id = any(${[...runs]}::int[]) and w.evidence_sha256 is not null group by 1 order by 1`.execute(trx)
  for (const { sha256, name } of rows) {
    const content = await readEvidenceFile(trx, sha256)
    if (!content) continue
    const extension = /^\.[0-9A-Za-z]{1,8}$/.test(extname(name)) ? extname(name).toLowerCase() : ''
    await folder.putText(
      {
        path: `districts/${code}/evidence/${sha256}${extension}`, what: { zh: `佐证材料：${name}`, en: `evidence: ${name}` },
        district: code, retention: 'reconciliations',
      },
      content)
  }
}
