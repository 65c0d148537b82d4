/** Where the screens read: PostgreSQL only, so that they work while Temporal or the worker is away. */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Books } from '../../books/connect.ts'
import { withKnownSides } from '../../books/cases/known.ts'
import { listCases } from '../../books/cases/read.ts'
import { differenceHistory } from '../../books/differences/history.ts'
import { listDifferences } from '../../books/differences/read.ts'
import { readNewYearView } from '../../books/read-model/new-year-view.ts'
import { readDistrictConfirmations } from '../../books/confirmations/read.ts'
import { listMonthlyChecks } from '../../books/monthly/read.ts'
import type { Reconciled } from './screens/reconciled.ts'
import { readHealth } from '../../books/read-model/asset-health.ts'
import { type Board, readBoard } from '../../books/read-model/board.ts'
import type { Look } from '../../books/read-model/current.ts'
import { readEvents } from '../../books/read-model/events.ts'
import { readEvidence } from '../../books/read-model/evidence.ts'
import { type ListedFinding, listFindingDecisions, listFindings } from '../../books/read-model/findings.ts'
import { listProblems, readProblemEvents } from '../../books/problems/read.ts'
import { readPlan } from '../../books/read-model/plan.ts'
import { latestRuns } from '../../books/runs.ts'
import { type UndoView, viewUndo } from '../../books/undo-view.ts'
import type { DistrictNames } from '../../books/read-model/status.ts'
import type { YearForecast } from '../../domain/forecast.ts'
import type { DocumentTypes } from '../../domain/documents.ts'
import type { DifferenceKind } from '../../config/schemas/differences.ts'
import type { DifferenceView } from './difference.ts'
import type { Data, Place } from './state.ts'
import { type TimeRules, builtInRules, createTimeReader } from './time-reader.ts'

async function readDifference(
  db: Books['db'], look: Look, { district, finding }: { district: string; finding: string }, kinds: readonly DifferenceKind[],
): Promise<DifferenceView | null> {
  const [one] = await listDifferences(db, { ...look, districts: [district], id: finding, now: new Date() })
  return one ? { one, kinds, history: await differenceHistory(db, { district, year: look.year, id: finding }) } : null
}

/** The finding that is open with what each side knows of its document; the others are not asked about. */
async function withSides(
  db: Books['db'], { year }: Look, findings: readonly ListedFinding[], id: string,
): Promise<readonly ListedFinding[]> {
  const [open] = await withKnownSides(db, year, findings.filter((one) => one.id === id))
  return open ? findings.map((one) => (one.id === id ? open : one)) : findings
}

export interface Reader {
  board(look: Look): Promise<Board>
  /** What a place shows besides the board. */
  place(look: Look, place: Place): Promise<Partial<Data>>
  markSeen(ids: readonly string[], by: string): Promise<void>
  /** When each district will be done, as fresh as the cost of reading it allows; null where the rules can not be read. */
  forecast(look: Look): Promise<YearForecast | null>
  /** Calls back after each commit that changed something; connects again by itself until aborted. */
  listen(changed: () => void, stop: AbortSignal): Promise<void>
}

/** Confirmations and months of a district. */
async function readReconciled(db: Books['db'], look: Look, district: string): Promise<Reconciled> {
  const [confirmations, months] = await Promise.all([
    readDistrictConfirmations(db, { ...look, districts: [district] }),
    listMonthlyChecks(db, { year: look.year, districts: [district] }),
  ])
  return { confirmations: confirmations[0]?.confirmations ?? [], months }
}

/**
 * @param kinds of differences, for their names @param documents rules by which a default can happen; without them none is shown
 * @param timeRules of whose minutes they were; without them the built-in ones
 */
export function createReader(
  books: Books, names: DistrictNames, kinds: () => readonly DifferenceKind[] = () => [], documents?: () => DocumentTypes,
  timeRules: () => TimeRules = builtInRules,
): Reader {
  const { db } = books
  const times = createTimeReader(db, timeRules)
  return {
    forecast: (look) => times.forecast(look),
    board: (look) => readBoard(db, look, names),
    place: async (look, place) => {
      if (place.screen === 'cases') {
        return {
          cases: await listCases(db, { year: look.year, limit: FINDINGS_MAX, ...(documents && { documents: documents() }) }),
        }
      }
      if (place.screen === 'problems') return { problems: await listProblems(db, { limit: PROBLEMS_MAX }) }
      if (place.screen === 'problem') {
        return {
          problems: await listProblems(db, { id: place.problem }), problemEvents: await readProblemEvents(db, [place.problem]),
        }
      }
      if (place.screen === 'events') return { events: new Map([[place.district, await readEvents(db, look, place.district)]]) }
      if (place.screen === 'new-year' || place.screen === 'trial') {
        return { newYears: new Map([[place.district, await readNewYearView(db, look, place.district)]]) }
      }
      if (place.screen === 'time') return { times: new Map([[place.district, await times.time(look, place.district)]]) }
      if (place.screen === 'reconciled') {
        return { reconciled: new Map([[place.district, await readReconciled(db, look, place.district)]]) }
      }
      if (place.screen === 'plan') {
        return { plans: new Map([
          [place.district, await readPlan(db, { district: place.district, year: look.year, rehearsal: look.rehearsal })],
        ]) }
      }
      if (place.screen === 'undo') return { undos: new Map([[place.district, await readUndo(db, look.year, place.district)]]) }
      if (place.screen === 'health') {
        return {
          health: new Map([[place.district, (await readHealth(db, { ...look, districts: [place.district] }))[0] ?? null]]),
        }
      }
      if (place.screen !== 'step' && place.screen !== 'finding' && place.screen !== 'evidence') return {}
      const key = `${place.district}/${place.step}`
      const made = await listProblems(db, { cause: {
        district: place.district, step: place.step, ...(place.screen === 'finding' ? { findingId: place.finding } : {}),
      } })
      const [evidence, findings, words, difference] = await Promise.all([
        readEvidence(db, look, place.district, place.step),
        listFindings(db, { ...look, districts: [place.district], step: place.step, limit: FINDINGS_MAX }),
        place.screen === 'finding' ? listFindingDecisions(db, look, place.finding) : Promise.resolve(null),
        place.screen === 'finding' && place.step === 'reconcile' ? readDifference(db, look, place, kinds()) : Promise.resolve(null),
      ])
      return {
        made: new Map([[place.screen === 'finding' ? place.finding : key, made]]), evidence: new Map([[key, evidence]]),
        findings: new Map([[key, place.screen === 'finding' ? await withSides(db, look, findings, place.finding) : findings]]),
        ...(words && place.screen === 'finding' ? { words: new Map([[place.finding, words]]) } : {}),
        ...(difference && { differences: new Map([[difference.one.id, difference]]) }),
      }
    },
    markSeen: async (ids, by) => {
      await sql`update notifications set seen_by = ${by}, seen_at = now() where notification_id = any(${[...ids]}::uuid[]) and seen_at is null`.execute(db)
    },
    listen: (changed, stop) => listen(books, changed, stop),
  }
}

/** What an undo in the district would touch; null without a carry-forward in force. */
async function readUndo(db: Books['db'], year: number, district: string): Promise<UndoView | null> {
  const run = (await latestRuns(db, 'real', year)).find((one) => one.district === district)
  return run ? viewUndo(db, run.runId) : null
}

/** A screen is no place to go through more; `nianjie findings` lists all. */
const FINDINGS_MAX = 5_000
const PROBLEMS_MAX = 2_000
const RECONNECT_MS = 2_000

async function listen(books: Books, changed: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      const client = await books.pool.connect()
      client.on('notification', changed)
      const lost = new Promise<void>((resolve) => {
        client.once('error', () => resolve())
        client.once('end', () => resolve())
        stop.addEventListener('abort', () => resolve(), { once: true })
        // Left while the connection was being made: that signal is not given twice.
        if (stop.aborted) resolve()
      })
      try {
        await client.query('listen nianjie_changed')
        changed()
        await lost
      } finally {
        client.release(true)
      }
    } catch { /* the server is away: the header says so already */ }
    await sleep(RECONNECT_MS, undefined, { signal: stop }).catch(() => {})
  }
}
