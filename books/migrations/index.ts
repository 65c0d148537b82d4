import type { Migration } from 'kysely/migration'
import * as input from './001-input.ts'
import * as runs from './002-runs.ts'
import * as carryForward from './003-carry-forward.ts'
import * as initialise from './004-initialise.ts'
import * as audit from './005-audit.ts'
import * as liveViews from './070-live-views.ts'
import * as differences from './120-differences.ts'
import * as problems from './160-problems.ts'

/** Every migration by name, in order. Never change one that was released: add another. */
export const MIGRATIONS: Record<string, Migration> = {
  '001-input': input,
  '002-runs': runs,
  '003-carry-forward': carryForward,
  '004-initialise': initialise,
  '005-audit': audit,
  '070-live-views': liveViews,
  '120-differences': differences,
  '160-problems': problems,
}
