/** One district's year-end by commands, and its input as it first came and after each correction. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { castActors } from '../../cli/sample/actors.ts'
import { loadConfig } from '../../config/load.ts'
import type { Step } from '../../domain/steps.ts'
import { writeSample } from '../../sample/generate.ts'
import { type Office, until } from './office.ts'

export const YEAR = 2025
export const ENTRIES = 300

/** What is wrong in each file at first: in the name of an asset, in a date of the bank's, in a booked amount. */
const WRONG = {
  'assets.csv': (text: string) => once(text, ',办公用房,', ',办公用屋,'),
  'statements.csv': (text: string) => once(text, ',20250108,', ',20250109,'),
  'entries.csv': (text: string) => text.split('\n').map((line) => (line.startsWith('U103001,09-00001,') ? once(line, '15964.43', '16064.43') : line)).join('\n'),
}

function once(text: string, right: string, wrong: string): string {
  if (!text.includes(right)) throw new Error(`the sample has no ${right}`)
  return text.replace(right, wrong)
}

export interface Case {
  /** Imports the input in which all but these files are as they first came. */
  import(...corrected: (keyof typeof WRONG)[]): Promise<void>
  /** `step state generation` of each step. */
  steps(): Promise<Record<Step, string>>
  /** Waits until the step is in a state with that generation. */
  reaches(step: Step, state: string): Promise<void>
  /** Approves a step that awaits it, as everyone whose approval it needs. */
  approve(step: Step, generation: number): Promise<void>
}

/** Writes the input of the district and casts its people. */
export async function prepareCase(office: Office, district: string): Promise<Case> {
  const config = loadConfig(office.folders.overlay)
  const cast = castActors(config, office.folders)
  const right = join(office.home, 'right')
  await writeSample({ out: right, seed: 1, entries: ENTRIES, year: YEAR, districts: [district], corrected: false, config })
  const steps = async () => {
    const rows = await office.books().db.selectFrom('step_states').innerJoin('runs', 'runs.run_id', 'step_states.run_id')
      .innerJoin('scopes', 'scopes.scope_id', 'runs.scope_id').where('district', '=', district)
      .select(['step', 'step_states.state', 'generation']).execute()
    return Object.fromEntries(rows.map((row) => [row.step, `${row.state} ${row.generation}`])) as Record<Step, string>
  }
  const reaches = async (step: Step, state: string) => {
    await until(`${step} is ${state}`, async () => (await steps())[step] === state)
      .catch(async (error: unknown) => { throw new Error(JSON.stringify(await steps()), { cause: error }) })
  }
  return {
    steps, reaches,
    import: async (...corrected) => {
      const folder = join(office.home, 'input')
      cpSync(right, folder, { recursive: true })
      for (const [file, spoil] of Object.entries(WRONG)) {
        if (corrected.includes(file as keyof typeof WRONG)) continue
        const path = join(folder, district, file)
        writeFileSync(path, spoil(readFileSync(path, 'utf8')))
      }
      await office.must('import', folder, '--year', String(YEAR), '--district', district)
    },
    approve: async (step, generation) => {
      await reaches(step, `awaiting-approval ${generation}`)
      const { roles, approvers } = config.approvals.steps[step]
      const able = [...(roles.includes('finance') ? [cast.financeOf(district)] : []), cast.coordinator].slice(0, approvers)
      for (const actor of able) await office.must('approve', '--year', String(YEAR), '--district', district, '--step', step, '--as', actor, '--comment', 'ok')
    },
  }
}
