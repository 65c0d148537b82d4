/** Problems as rows, at times around {@link BOARD_NOW}: written by the product's own store, without a worker. */
import type { Kysely } from 'kysely'
import { appendEvents, createProblem, holdProblem } from '../../books/problems/store.ts'
import type { Database } from '../../books/tables.ts'
import { loadService, promisesOf } from '../../config/service.ts'
import { clocksOf } from '../../domain/clocks.ts'
import { type OpenWord, SERVICE_PARTY } from '../../domain/problems.ts'
import { BOARD_NOW, fillBoard } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'

const MINUTE = 60_000

/** Writes a problem that was reported so many minutes before {@link BOARD_NOW}. */
export async function writeProblem(db: Kysely<Database>, id: string, minutesAgo: number, changed: Partial<OpenWord> = {}): Promise<void> {
  const at = new Date(BOARD_NOW.getTime() - minutesAgo * MINUTE).toISOString()
  const word: OpenWord = {
    action: 'open', wordId: '00000000-0000-4000-8000-000000000000', problemId: id, actor: 'desk', signedAt: at, calledAt: at, district: '152502', user: 'Zhang', channel: 'hotline',
    kind: 'fault', text: '支付凭证无法签章', ...changed,
  }
  const config = loadService()
  const from = Date.parse(word.calledAt)
  const promises = promisesOf(config, word.district, from, [{ year: 2025, from: 0, to: 8.64e15 }])
  const clocks = clocksOf({ channel: word.channel, kind: word.kind, calledAt: from, openedAt: from }, promises, config.calendar)
  await db.transaction().execute(async (trx) => {
    const held = await createProblem(trx, word, promises, from)
    await appendEvents(trx, held, [{ at: from, action: 'open', actor: 'desk', party: SERVICE_PARTY, detail: { clocks, user: word.user, channel: word.channel, kind: word.kind } }])
  })
}

/** Three open problems and a resolved one: T-1 is the most urgent. */
export async function fillProblems(db: Kysely<Database>): Promise<void> {
  await writeProblem(db, 'T-1', 100)
  await writeProblem(db, 'T-2', 30, { district: '152525', user: 'Zhao', channel: 'wechat', kind: 'request', text: '请开通权限' })
  await writeProblem(db, 'T-3', 10, { user: 'Li', kind: 'consultation', text: 'How are shares split?' })
  await writeProblem(db, 'T-4', 300, { user: 'Sun' })
  const now = BOARD_NOW.getTime()
  await db.transaction().execute(async (trx) => {
    await appendEvents(trx, (await holdProblem(trx, 'T-4'))!, [{ at: now - 200 * MINUTE, action: 'resolve', actor: 'desk', party: null, detail: { confirmedBy: 'Sun', comment: '' } }])
  })
}

/** A database with the board and these problems. */
export async function problemBoard(): Promise<TestDatabase> {
  const books = await createTestDatabase()
  await fillBoard(books.db)
  await fillProblems(books.db)
  return books
}
