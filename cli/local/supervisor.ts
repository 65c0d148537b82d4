/** Owns the local servers: starts them in order, starts them again when they end, and stops all when its owner is gone. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../../books/migrate.ts'
import type { Text } from '../shared/lang.ts'
import { ADMIN_LOGIN, APP_LOGIN, type ChildRole, type LocalState, forgetState, localDatabaseUrl, readPorts, secretsOf, writePorts, writeState } from './home.ts'
import { endHelpers } from './helpers.ts'
import { type KeptProcess, startKept } from './kept-process.ts'
import { type Launch, launch } from './launch.ts'
import { lockHome, unlockHome } from './lock.ts'
import { choosePort } from './ports.ts'
import { ensureAppLogin, ensureDatabase, initialiseCluster, postgresAnswers, postgresLaunch } from './postgres.ts'
import { type PostgresPlace, placePostgres } from './postgres-place.ts'
import type { SupervisorOptions } from './protocol.ts'
import { endStale, STOPPING } from './stale.ts'
import { temporalAnswers, temporalLaunch } from './temporal.ts'
import { findTemporal } from './temporal-program.ts'
import { workerLaunch } from './worker-launch.ts'

export interface Supervisor {
  /** Starts everything. @throws CliError, with what to do */
  start(): Promise<void>
  /** From now on no owner is needed. */
  detach(): void
  /** Ends everything, in order; safe to call at any time and twice. */
  stop(): Promise<void>
}

/** Another program may take a free port before the server does: this often a new one is tried. */
const PORT_ATTEMPTS_MAX = 5
/** A start that is interrupted gets this long to clean up after itself. */
const START_UNWIND_MS = 2_000

/** A supervisor for one home; it holds the home's lock until it stops. @throws CliError refused when another one has it */
export function createSupervisor(options: SupervisorOptions, say: (text: Text) => void): Supervisor {
  const { home } = options
  mkdirSync(home, { recursive: true })
  const supervisor = lockHome(home)
  const kept = new Map<ChildRole, KeptProcess>()
  const logOf = (role: ChildRole) => join(home, 'logs', `${role}.log`)
  const state: LocalState = { supervisor, children: {}, ports: {}, ready: false, detached: false, since: new Date().toISOString() }
  const save = () => writeState(home, state)
  let place: PostgresPlace | undefined
  let starting: Promise<void> = Promise.resolve()
  let stopping: Promise<void> | undefined

  /** Starts one server and waits until it answers; a port that was taken meanwhile is replaced. */
  const startServer = async (role: 'postgres' | 'temporal', choose: () => Promise<number>, make: (port: number) => Launch, ready: (port: number) => Promise<void>) => {
    for (let attempt = 1; ; attempt += 1) {
      const port = await choose()
      const child = keep(role, make(port))
      const answered = ready(port).then(() => undefined)
      answered.catch(() => {})
      const early = await Promise.race([answered, child.firstEnd])
      if (early === undefined) {
        state.ports[role] = port
        child.keep()
        return
      }
      if (stopping) throw new Error('stopped while it started')
      if (attempt === PORT_ATTEMPTS_MAX) throw new Error(`${role} ended at once (${early}); see ${logOf(role)}`)
    }
  }

  const keep = (role: ChildRole, what: Launch): KeptProcess => {
    if (stopping) throw new Error('stopped while it started')
    const child = startKept({
      start: () => launch(what),
      stopSignal: what.stopSignal,
      graceMs: STOPPING.find((one) => one.role === role)!.graceMs,
      started: (mark) => { state.children[role] = mark; save() },
      crashed: (how, pauseMs) => say({
        zh: `${role} 意外结束（${how}），${pauseMs} 毫秒后重新启动；见 ${logOf(role)}`,
        en: `${role} ended by itself (${how}); it starts again in ${pauseMs} ms; see ${logOf(role)}`,
      }),
    })
    kept.set(role, child)
    return child
  }

  const startPostgres = async () => {
    const wish = { variable: 'NIANJIE_POSTGRES_PORT', pinned: process.env.NIANJIE_POSTGRES_PORT, former: readPorts(home).postgres }
    // A port that can't be had is said before a cluster is made.
    await choosePort(wish)
    place = placePostgres(home)
    for (const note of place.notes) say(note)
    state.postgresData = place.data
    const secrets = secretsOf(home)
    const made = await initialiseCluster(place, secrets, options.fast)
    if (made) say({ zh: '已建立数据库', en: 'made the database cluster' })
    const maintenance = (port: number) => `postgres://${ADMIN_LOGIN}:${secrets.admin}@127.0.0.1:${port}/postgres`
    await startServer('postgres',
      () => choosePort(wish),
      (port) => postgresLaunch(place!, { port, log: logOf('postgres'), fast: options.fast }),
      (port) => postgresAnswers(maintenance(port)))
    await ensureDatabase(maintenance(state.ports.postgres!))
    say({ zh: `PostgreSQL 在 127.0.0.1:${state.ports.postgres}`, en: `PostgreSQL on 127.0.0.1:${state.ports.postgres}` })
  }

  const startTemporal = async () => {
    const wish = { variable: 'NIANJIE_TEMPORAL_PORT', pinned: process.env.NIANJIE_TEMPORAL_PORT, former: readPorts(home).temporal }
    await choosePort(wish)
    const program = await findTemporal(process.env, say)
    const pinnedUi = process.env.NIANJIE_TEMPORAL_UI_PORT
    const uiPort = pinnedUi ? await choosePort({ variable: 'NIANJIE_TEMPORAL_UI_PORT', pinned: pinnedUi }) : undefined
    if (uiPort) state.ports.temporalUi = uiPort
    await startServer('temporal',
      () => choosePort(wish),
      (port) => temporalLaunch({ program: program.path, port, uiPort, store: join(home, 'temporal', 'temporal.db'), log: logOf('temporal') }),
      (port) => temporalAnswers(port))
    say({ zh: `Temporal 在 127.0.0.1:${state.ports.temporal}（来源：${program.source}）`, en: `Temporal on 127.0.0.1:${state.ports.temporal} (from: ${program.source})` })
  }

  const bringUpToDate = async () => {
    const adminUrl = options.adminDatabaseUrl ?? localDatabaseUrl(home, state.ports.postgres!, 'admin')
    const { applied } = await migrate(adminUrl)
    if (applied.length > 0) say({ zh: `数据库结构已更新：${applied.length} 项`, en: `schema brought up to date: ${applied.length} migrations` })
    if (options.postgres) await ensureAppLogin(adminUrl, { login: APP_LOGIN, password: secretsOf(home).app })
  }

  const start = async () => {
    chmodSync(home, 0o755)
    const ended = await endStale(home)
    if (ended.length > 0) say({ zh: `已结束上次遗留的进程：${ended.join('、')}`, en: `ended what was left of last time: ${ended.join(', ')}` })
    save()
    const servers = [options.postgres ? startPostgres() : undefined, options.temporal ? startTemporal() : undefined]
    const failed = (await Promise.allSettled(servers)).find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    if (options.migrate) await bringUpToDate()
    state.ready = true
    writePorts(home, state.ports)
    save()
    if (options.worker) keep('worker', workerLaunch(home, logOf('worker'))).keep()
  }

  const stopAll = async () => {
    endHelpers()
    for (const { role } of STOPPING) await kept.get(role)?.stop()
    await Promise.race([starting.catch(() => {}), sleep(START_UNWIND_MS)])
    forgetState(home)
    unlockHome(home)
    if (options.ephemeral) {
      rmSync(home, { recursive: true, force: true })
      if (place) rmSync(place.data, { recursive: true, force: true })
    }
  }

  return {
    start: () => (starting = start()),
    detach: () => { state.detached = true; save() },
    stop: () => (stopping ??= stopAll()),
  }
}
