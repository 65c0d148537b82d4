/**
 * The one who acts for the screens: takes keys, reads, signs and sends, and keeps the state. Components only draw.
 * Everything that changes the state goes through the reducer.
 */
import type { Config } from '../../config/load.ts'
import type { Look } from '../../books/read-model/current.ts'
import type { Operations } from '../operations.ts'
import { describeError } from '../shared/exit.ts'
import { runCommand } from './commands.ts'
import { carryOut } from './decide.ts'
import { commandFor, type KeyCommand } from './keys.ts'
import { overlayKey } from './overlay-keys.ts'
import type { Reader } from './reader.ts'
import { type Action, flash, reduce } from './reducer.ts'
import { currentView, type Place, type State, type Viewer } from './state.ts'

export interface SessionDeps {
  reader: Reader
  operations(): Promise<Operations>
  config(): Pick<Config, 'approvals' | 'documents' | 'districts' | 'differences'>
  /** Reads the actors anew; null for a name that is none. */
  viewer(name: string): Viewer | null
  now(): Date
  quit(): void
}

export class Session {
  private state: State
  private readonly listeners = new Set<() => void>()
  private loading: Promise<void> | null = null
  private again = false
  private readonly works = new Set<Promise<void>>()
  readonly deps: SessionDeps

  constructor(state: State, deps: SessionDeps) {
    this.state = state
    this.deps = deps
  }

  readonly get = (): State => this.state
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  dispatch(action: Action): void {
    const next = reduce(this.state, action)
    if (next === this.state) return
    this.state = next
    for (const listener of this.listeners) listener()
  }

  /** Keys one after another: each sees the state that the one before it left. */
  press(names: readonly string[]): void {
    for (const name of names) this.key(name)
  }

  private key(name: string): void {
    if (name === 'ctrl-c') return this.deps.quit()
    if (this.state.overlay) return overlayKey(this, this.state.overlay, name)
    const command = commandFor(name, currentView(this.state).place.screen)
    if (command) this.run(command)
  }

  /** Text that was pasted is typed, never obeyed. */
  paste(text: string): void {
    if (this.state.overlay) this.dispatch({ type: 'typed', text })
  }

  /** What a key of the dispatch table does. */
  run(command: KeyCommand): void {
    runCommand(this, command)
  }

  open(place: Place | null, options: { fresh?: boolean; cursor?: string | null } = {}): void {
    if (!place) return
    this.dispatch({ type: 'opened', place, ...options })
    void this.load()
  }

  /** Reads what the present place shows. Calls during a reading make one more reading after it. */
  load(): Promise<void> {
    this.again = true
    this.loading ??= this.readUntilSettled().finally(() => { this.loading = null })
    return this.loading
  }

  private async readUntilSettled(): Promise<void> {
    while (this.again) {
      this.again = false
      await this.readOnce()
    }
  }

  private async readOnce(): Promise<void> {
    const { year, rehearsal } = this.state
    const look = { year, rehearsal }
    try {
      const { reader } = this.deps
      const [board, data] = await Promise.all([reader.board(look), reader.place(look, currentView(this.state).place)])
      // Another year was chosen meanwhile: what was read is not what is asked for.
      if (this.looksAt(look)) this.dispatch({ type: 'loaded', data: { ...data, board }, at: this.deps.now() })
      this.lookAhead(look)
    } catch {
      this.dispatch({ type: 'link', link: 'down' })
    }
  }

  /** The forecast may take longer than the rest, and nothing waits for it; without one the last one stands. */
  private lookAhead(look: Look): void {
    const reading = this.readForecast(look).finally(() => this.works.delete(reading))
    this.works.add(reading)
  }

  private async readForecast(look: Look): Promise<void> {
    const forecast = await this.deps.reader.forecast(look).catch(() => undefined)
    if (forecast !== undefined && this.looksAt(look)) this.dispatch({ type: 'forecast', forecast })
  }

  private looksAt({ year, rehearsal }: Look): boolean {
    return year === this.state.year && rehearsal === this.state.rehearsal
  }

  /** Runs something that may fail; a failure is shown, never thrown. */
  attempt(work: () => Promise<void> | void): Promise<void> {
    const running = Promise.resolve().then(work).catch((error: unknown) => {
      this.dispatch({ type: 'busy', busy: false })
      this.dispatch(flash('bad', describeError(error).text))
    }).finally(() => this.works.delete(running))
    this.works.add(running)
    return running
  }

  /** Ends when everything that keys began has ended. */
  async idle(): Promise<void> {
    while (this.works.size > 0 || this.loading) await Promise.all([...this.works, this.loading])
  }

  /** Carries out what was confirmed. */
  confirm(): void {
    const { overlay } = this.state
    if (overlay?.kind !== 'confirm') return
    this.dispatch({ type: 'overlay', overlay: null })
    void this.attempt(() => carryOut(this, overlay.pending))
  }
}
