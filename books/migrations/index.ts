import type { Migration } from 'kysely/migration'
import * as input from './001-input.ts'
import * as runs from './002-runs.ts'
import * as carryForward from './003-carry-forward.ts'
import * as initialise from './004-initialise.ts'
import * as audit from './005-audit.ts'
import * as liveViews from './070-live-views.ts'
import * as undoRequests from './100-undo-requests.ts'
import * as lockedInput from './101-locked-input.ts'
import * as statementFiles from './110-statement-files.ts'
import * as matches from './111-matches.ts'
import * as importers from './112-importers.ts'
import * as rivals from './113-rivals.ts'
import * as differences from './120-differences.ts'
import * as statementOpenings from './121-statement-openings.ts'
import * as confirmations from './125-confirmations.ts'
import * as monthly from './126-monthly.ts'
import * as documentCases from './130-document-cases.ts'
import * as trialDay from './140-trial-day.ts'
import * as assetRounds from './150-asset-rounds.ts'
import * as assetAnalysis from './151-asset-analysis.ts'
import * as problems from './160-problems.ts'
import * as serviceRecords from './170-service-records.ts'
import * as carryPartitions from './180-carry-partitions.ts'
import * as nextAlarms from './195-next-alarms.ts'
import * as carryCells from './196-carry-cells.ts'

/** Every migration by name, in order. Never change one that was released: add another. */
export const MIGRATIONS: Record<string, Migration> = {
  '001-input': input,
  '002-runs': runs,
  '003-carry-forward': carryForward,
  '004-initialise': initialise,
  '005-audit': audit,
  '070-live-views': liveViews,
  '100-undo-requests': undoRequests,
  '101-locked-input': lockedInput,
  '110-statement-files': statementFiles,
  '111-matches': matches,
  '112-importers': importers,
  '113-rivals': rivals,
  '120-differences': differences,
  '121-statement-openings': statementOpenings,
  '125-confirmations': confirmations,
  '126-monthly': monthly,
  '130-document-cases': documentCases,
  '140-trial-day': trialDay,
  '150-asset-rounds': assetRounds,
  '151-asset-analysis': assetAnalysis,
  '160-problems': problems,
  '170-service-records': serviceRecords,
  '180-carry-partitions': carryPartitions,
  '195-next-alarms': nextAlarms,
  '196-carry-cells': carryCells,
}
