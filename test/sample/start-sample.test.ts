/** `npm start -- --hands-free`: one command from nothing to the reports, and nothing of it runs on. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readState } from '../../cli/local/home.ts'
import type { ProcessMark } from '../../cli/local/processes.ts'
import { cleanEnv, makeHome, marksOf, stillRunning } from '../local/support/local-servers.ts'

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const DISTRICTS = ['152501', '152502']
const { home, remove } = makeHome()
const out = mkdtempSync(join(tmpdir(), 'nianjie-reports-'))
const marks = new Map<number, ProcessMark>()
let postgresData: string | undefined

afterAll(async () => {
  const left = await stillRunning([...marks.values()], 0)
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  remove()
  for (const folder of [out, postgresData]) if (folder) rmSync(folder, { recursive: true, force: true })
})

/** The office's own list of districts: all but two are switched off. */
function twoDistricts(): void {
  const list = parse(readFileSync(root('config/districts.yaml'), 'utf8')) as { districts: { code: string }[] }
  mkdirSync(join(home, 'config'))
  writeFileSync(join(home, 'config', 'districts.yaml'), stringify({
    ...list, districts: list.districts.map((district) => ({ ...district, enabled: DISTRICTS.includes(district.code) })),
  }))
}

/** Runs the command to its end, and keeps the mark of each server that it starts. */
async function startSample(): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = Object.fromEntries(Object.entries(cleanEnv()).filter(([name]) => !name.startsWith('NIANJIE_TEST_')))
  const child = spawn(process.execPath, [root('bin/nianjie.mjs'), 'start-sample', '--hands-free', '--entries', '200', '--out', out, '--lang', 'en'], {
    env: { ...env, NIANJIE_HOME: home }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name]!.setEncoding('utf8').on('data', (text: string) => { said[name] += text })
  const see = setInterval(() => {
    const state = readState(home)
    for (const mark of state ? marksOf(state) : []) marks.set(mark.pid, mark)
    postgresData = state?.postgresData ?? postgresData
  }, 50)
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    return { code, ...said }
  } finally {
    clearInterval(see)
  }
}

describe('the sample, hands free', () => {
  it('brings every district of the office to its sign-off and writes the reports', { timeout: 180_000 }, async () => {
    twoDistricts()
    const { code, stdout, stderr } = await startSample()
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^2\/2 districts signed off · \d+ findings · \d+ decisions · \d+ approvals · \d+ s$/m)
    const files = readdirSync(out)
    for (const format of ['html', 'xlsx', 'json']) expect(files.some((file) => file.endsWith(`.${format}`) && statSync(join(out, file)).size > 0), format).toBe(true)
    const { districts } = JSON.parse(readFileSync(join(out, 'league-2025.json'), 'utf8')) as { districts: { code: string; state: string; confirmations: { reconciliation: string; by: string | null; state: string }[] }[] }
    expect(districts.map(({ code: district, state }) => `${district} ${state}`)).toEqual(DISTRICTS.map((district) => `${district} completed`))
    for (const { code: district, confirmations } of districts) {
      expect(confirmations.filter(({ state }) => state === 'confirmed').map(({ reconciliation, by }) => `${reconciliation} ${by}`)).toEqual([`R1 finance.${district}`, `R1 guoku.${district}`])
    }
    expect(marks.size).toBeGreaterThanOrEqual(4)
    expect(await stillRunning([...marks.values()], 5_000)).toEqual([])
  })

  it('says at the second start that the year is signed off, and writes the reports once more', { timeout: 120_000 }, async () => {
    for (const file of readdirSync(out)) rmSync(join(out, file), { recursive: true })
    const { code, stderr } = await startSample()
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/signed off already/)
    expect(readdirSync(out).some((file) => file.endsWith('.html'))).toBe(true)
    expect(await stillRunning([...marks.values()], 5_000)).toEqual([])
  })
})
