/** Owns the local servers: starts them in order, starts them again when they end, and stops all when its owner is gone. */
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '../../books/migrate.ts'
import type { Text } from '../shared/lang.ts'
import { endHelpers } from './helpers.ts'
import {
  ADMIN_LOGIN, APP_LOGIN, type ChildRole, type LocalState, forgetState, localDatabaseUrl, readPorts, secretsOf, writePorts,
  writeState,
} from './home.ts'
import { type KeptProcess, startKept } from './kept-process.ts'
import { type Launch, launch } from './launch.ts'
import { lockHome, unlockHome } from './lock.ts'
import { type PortWish, choosePort } from './ports.ts'
import { ensureAppLogin, ensureDatabase, initialiseCluster, postgresAnswers, postgresLaunch } from './postgres.ts'
import { placePostgres } from './postgres-place.ts'
import type { SupervisorOptions } from './protocol.ts'
import { endStale, STOPPING } from './stale.ts'
import { temporalAnswers, temporalLaunch } from './temporal.ts'
import { findTemporal } from './temporal-program.ts'
import { workerLaunch } from './worker-launch.ts'

/** Another program may take a free port before the server does: this often a new one is tried. */
const PORT_ATTEMPTS_MAX = 5
/** A start that is interrupted gets this long to clean up after itself. */
const START_UNWIND_MS = 2_000

/** The supervisor of one home. It holds the home's lock from its making until it has stopped. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #say: (text: Text) => void
  readonly #home: string
  readonly #state: LocalState
  readonly #kept = new Map<ChildRole, KeptProcess>()
  #starting: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | undefined

  /** @throws CliError refused when another supervisor has the home */
  constructor(options: SupervisorOptions, say: (text: Text) => void) {
    this.#options = options
    this.#say = say
    this.#home = options.home
    mkdirSync(this.#home, { recursive: true })
    this.#state = {
      supervisor: lockHome(this.#home), children: {}, ports: {}, ready: false, detached: false, since: new Date().toISOString(),
    }
  }

  /** Starts everything. @throws CliError, with what to do */
  start(): Promise<void> {
    this.#starting = this.#startAll()
    return this.#starting
  }

  /** From now on no owner is needed. */
  detach(): void {
    this.#state.detached = true
    this.#save()
  }

  /** Ends everything, in order; safe to call at any time and twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #startAll(): Promise<void> {
    const { postgres, temporal, worker } = this.#options
    chmodSync(this.#home, 0o755)
    const ended = await endStale(this.#home)
    if (ended.length > 0) {
      this.#say({ zh: `已结束上次遗留的进程：${ended.join('、')}`, en: `ended what was left of last time: ${ended.join(', ')}` })
    }
    this.#save()
    const results = await Promise.allSettled([
      postgres ? this.#startPostgres() : undefined, temporal ? this.#startTemporal() : undefined,
    ])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    if (this.#options.migrate) await this.#bringUpToDate()
    this.#state.ready = true
    writePorts(this.#home, this.#state.ports)
    this.#save()
    if (worker) this.#run('worker', workerLaunch(this.#home, this.#logOf('worker'))).keep()
  }

  async #startPostgres(): Promise<void> {
    const wish = this.#portWish('NIANJIE_POSTGRES_PORT', 'postgres')
    // A port that can't be had is said before a cluster is made.
    await choosePort(wish)
    const place = placePostgres(this.#home)
    for (const note of place.notes) this.#say(note)
    this.#state.postgresData = place.data
    const secrets = secretsOf(this.#home)
    const { fast } = this.#options
    if (await initialiseCluster(place, secrets, fast)) this.#say({ zh: '已建立数据库', en: 'made the database cluster' })
    const maintenance = (port: number) => `postgres://${ADMIN_LOGIN}:${secrets.admin}@127.0.0.1:${port}/postgres`
    const port = await this.#startServer('postgres', wish,
      (at) => postgresLaunch(place, { port: at, log: this.#logOf('postgres'), fast }),
      (at) => postgresAnswers(maintenance(at)))
    await ensureDatabase(maintenance(port))
    this.#say({ zh: `PostgreSQL 在 127.0.0.1:${port}`, en: `PostgreSQL on 127.0.0.1:${port}` })
  }

  async #startTemporal(): Promise<void> {
    const wish = this.#portWish('NIANJIE_TEMPORAL_PORT', 'temporal')
    await choosePort(wish)
    const program = await findTemporal(process.env, this.#say)
    const ui = this.#portWish('NIANJIE_TEMPORAL_UI_PORT', 'temporalUi')
    const uiPort = ui.pinned ? await choosePort(ui) : undefined
    if (uiPort) this.#state.ports.temporalUi = uiPort
    const store = join(this.#home, 'temporal', 'temporal.db')
    const port = await this.#startServer('temporal', wish,
      (at) => temporalLaunch({ program: program.path, port: at, uiPort, store, log: this.#logOf('temporal') }),
      (at) => temporalAnswers(at))
    this.#say({
      zh: `Temporal 在 127.0.0.1:${port}（来源：${program.source}）`, en: `Temporal on 127.0.0.1:${port} (from: ${program.source})`,
    })
  }

  /** Starts one server and waits until it answers; a port that was taken meanwhile is replaced. */
  async #startServer(
    role: 'postgres' | 'temporal', wish: PortWish, make: (port: number) => Launch, ready: (port: number) => Promise<void>,
  ): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await choosePort(wish)
      const child = this.#run(role, make(port))
      const answered = ready(port).then(() => undefined)
      answered.catch(() => {})
      const early = await Promise.race([answered, child.firstEnd])
      if (early === undefined) {
        this.#state.ports[role] = port
        child.keep()
        return port
      }
      if (this.#stopping) throw new Error('stopped while it started')
      if (attempt === PORT_ATTEMPTS_MAX) throw new Error(`${role} ended at once (${early}); see ${this.#logOf(role)}`)
    }
  }

  async #bringUpToDate(): Promise<void> {
    const adminUrl = this.#options.adminDatabaseUrl ?? localDatabaseUrl(this.#home, this.#state.ports.postgres!, 'admin')
    const { applied } = await migrate(adminUrl)
    if (applied.length > 0) {
      this.#say({ zh: `数据库结构已更新：${applied.length} 项`, en: `schema brought up to date: ${applied.length} migrations` })
    }
    if (this.#options.postgres) await ensureAppLogin(adminUrl, { login: APP_LOGIN, password: secretsOf(this.#home).app })
  }

  #run(role: ChildRole, what: Launch): KeptProcess {
    if (this.#stopping) throw new Error('stopped while it started')
    const child = startKept({
      start: () => launch(what),
      stopSignal: what.stopSignal,
      graceMs: STOPPING.find((one) => one.role === role)!.graceMs,
      started: (mark) => {
        this.#state.children[role] = mark
        this.#save()
      },
      crashed: (how, pauseMs) => this.#say({
        zh: `${role} 意外结束（${how}），${pauseMs} 毫秒后重新启动；见 ${what.log}`,
        en: `${role} ended by itself (${how}); it starts again in ${pauseMs} ms; see ${what.log}`,
      }),
    })
    this.#kept.set(role, child)
    return child
  }

  async #stopAll(): Promise<void> {
    endHelpers()
    for (const { role } of STOPPING) await this.#kept.get(role)?.stop()
    await Promise.race([this.#starting.catch(() => {}), sleep(START_UNWIND_MS)])
    forgetState(this.#home)
    unlockHome(this.#home)
    if (!this.#options.ephemeral) return
    for (const folder of [this.#home, this.#state.postgresData]) if (folder) rmSync(folder, { recursive: true, force: true })
  }

  #portWish(variable: string, former: keyof LocalState['ports']): PortWish {
    return { variable, pinned: process.env[variable], former: readPorts(this.#home)[former] }
  }

  #logOf(role: ChildRole): string {
    return join(this.#home, 'logs', `${role}.log`)
  }

  #save(): void {
    writeState(this.#home, this.#state)
  }
}
