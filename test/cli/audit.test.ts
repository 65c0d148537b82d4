// `audit verify` as a user meets it: heads, and an earlier report held against the chains.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillBoard } from '../support/board.ts'
import { runCommand } from '../support/command.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let books: TestDatabase
let home: string
beforeAll(async () => {
  books = await createTestDatabase()
  await fillBoard(books.db)
  home = mkdtempSync(join(tmpdir(), 'nianjie-audit-'))
})
afterAll(async () => {
  await books?.drop()
  if (home) rmSync(home, { recursive: true })
})

const nianjie = (args: string) => runCommand(args.split(' '), { env: { DATABASE_URL: books.url, NIANJIE_HOME: home, LANG: 'C' } })

describe('audit verify', () => {
  interface Verdict { ok: boolean; heads: { district: string; sequence: string; hash: string }[]; against?: { compared: number; lost: object[] } }
  const reportOf = (heads: Verdict['heads']): string => {
    const file = join(home, `report-${heads.length}-${heads[0]?.hash.length}.json`)
    writeFileSync(file, JSON.stringify({ year: 2025, districts: heads.map(({ district: code, ...audit }) => ({ code, audit })) }))
    return file
  }
  it('lists the heads, and agrees with a report that holds them', async () => {
    const { out, code } = await nianjie('audit verify --json')
    const { ok, heads } = JSON.parse(out) as Verdict
    expect([code, ok]).toEqual([0, true])
    expect(heads.length).toBeGreaterThan(10)
    const text = await nianjie(`audit verify --lang en --against ${reportOf(heads)}`)
    expect(text).toMatchObject({ code: 0, err: '' })
    expect(text.out).toContain(heads[0]!.hash)
    expect(text.out).toContain(`agrees with the report: ${heads.length} chains`)
  })
  it('ends with 1 when a head of the report is gone, and with 2 for a file that is no report', async () => {
    const { heads } = JSON.parse((await nianjie('audit verify --json')).out) as Verdict
    const { sequence } = heads[0]!
    const gone = await nianjie(`audit verify --json --against ${reportOf([{ ...heads[0]!, sequence: String(Number(sequence) + 7), hash: 'abc' }])}`)
    expect(gone.code).toBe(1)
    expect(JSON.parse(gone.out)).toMatchObject({ ok: false, bad: null, against: { compared: 1, lost: [{ reason: 'cut' }] } })
    expect((await nianjie(`audit verify --against ${join(home, 'missing.json')}`)).code).toBe(2)
    expect(await nianjie(`audit verify --lang en --against ${reportOf([])}`)).toMatchObject({ code: 2, err: expect.stringContaining('no head') })
  })
})
