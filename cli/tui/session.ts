/**
 * The one who acts for the screens: takes keys, reads, signs and sends, and keeps the state. Components only draw.
 * Everything that changes the state goes through the reducer.
 */
import type { Config } from '../../config/load.ts'
import type { Operations } from '../operations.ts'
import { describeError } from '../shared/exit.ts'
import { districtAt, openCursor, openPlace, selectedStep } from './aim.ts'
import { commandFor, type KeyCommand } from './keys.ts'
import { runCommandLine } from './command-line.ts'
import { askLock } from './closing.ts'
import { askDecision, carryOut, confirmKey } from './decide.ts'
import { askReport, askWord, formKey } from './problem-forms.ts'
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
    if (this.state.overlay) return this.overlayKey(name)
    const command = commandFor(name, currentView(this.state).place.screen)
    if (command) this.run(command)
  }

  /** Text that was pasted is typed, never obeyed. */
  paste(text: string): void {
    if (this.state.overlay) this.dispatch({ type: 'typed', text })
  }

  private overlayKey(name: string): void {
    const overlay = this.state.overlay!
    if (name === 'esc') {
      this.dispatch({ type: 'overlay', overlay: null })
      if (overlay.kind === 'filter') this.dispatch({ type: 'filtered', text: overlay.before })
      return
    }
    if (overlay.kind === 'actions' || overlay.kind === 'kinds' || overlay.kind === 'confirm' || overlay.kind === 'comment') {
      if (confirmKey(this, overlay, name)) return
    }
    if (overlay.kind === 'form' && formKey(this, overlay, name)) return
    if (name === 'backspace') return this.dispatch({ type: 'erased' })
    if (name === 'ctrl-u') return this.dispatch({ type: 'erased', all: true })
    if (name === 'enter') {
      this.dispatch({ type: 'overlay', overlay: null })
      if (overlay.kind === 'command') void this.attempt(() => runCommandLine(this, overlay.text))
      return
    }
    const text = name === 'space' ? ' ' : name
    if ([...text].length === 1) this.dispatch({ type: 'typed', text })
  }

  /** What a key of the dispatch table does. */
  run(command: KeyCommand): void {
    const view = currentView(this.state)
    switch (command) {
      case 'down': return this.dispatch({ type: 'moved', by: 1 })
      case 'up': return this.dispatch({ type: 'moved', by: -1 })
      case 'left': return this.dispatch({ type: 'columnMoved', by: -1 })
      case 'right': return this.dispatch({ type: 'columnMoved', by: 1 })
      case 'pageDown': return this.dispatch({ type: 'paged', pages: 1 })
      case 'pageUp': return this.dispatch({ type: 'paged', pages: -1 })
      case 'first': return this.dispatch({ type: 'movedTo', end: 'first' })
      case 'last': return this.dispatch({ type: 'movedTo', end: 'last' })
      case 'open': return this.open(openPlace(this.state), { cursor: openCursor(this.state) })
      case 'back': return view.filter ? this.dispatch({ type: 'filtered', text: '' }) : this.dispatch({ type: 'closed' })
      case 'filter': return this.dispatch({ type: 'overlay', overlay: { kind: 'filter', text: view.filter, before: view.filter } })
      case 'command': return this.dispatch({ type: 'overlay', overlay: { kind: 'command', text: '' } })
      case 'sort': return this.dispatch({ type: 'sorted' })
      case 'select': return this.dispatch({ type: 'selected' })
      case 'selectAll': return this.dispatch({ type: 'selectedAll' })
      case 'openOnly': return this.dispatch({ type: 'openOnlyToggled' })
      case 'board': case 'queue': case 'cases': case 'alerts': case 'help': case 'problems': return this.go(command)
      case 'problemOpen': return askReport(this, false)
      case 'problemFrom': return askReport(this, true)
      case 'problemAcknowledge': return askWord(this, 'acknowledge')
      case 'problemAssign': return askWord(this, 'assign')
      case 'problemWait': return askWord(this, 'wait')
      case 'problemResume': return askWord(this, 'resume')
      case 'problemResolve': return askWord(this, 'resolve')
      case 'problemReopen': return askWord(this, 'reopen')
      case 'events': {
        const aim = selectedStep(this.state)
        return aim ? this.open({ screen: 'events', district: aim.district.code }) : undefined
      }
      case 'newYear': case 'trial': {
        const district = districtAt(this.state)
        return district ? this.open({ screen: command === 'trial' ? 'trial' : 'new-year', district }) : undefined
      }
      case 'health': case 'reconciled': {
        const aim = selectedStep(this.state)
        return aim ? this.open({ screen: command, district: aim.district.code }) : undefined
      }
      case 'plan': case 'undo': {
        const district = districtAt(this.state)
        return district ? this.open({ screen: command, district }) : undefined
      }
      case 'lock': return void this.attempt(() => askLock(this))
      case 'evidence': {
        const aim = selectedStep(this.state)
        return aim ? this.open({ screen: 'evidence', district: aim.district.code, step: aim.step.step }) : undefined
      }
      case 'approve': case 'reject': case 'resolve': return void this.attempt(() => askDecision(this, command))
      case 'seen': return void this.attempt(() => this.markSeen())
      case 'refresh': return void this.attempt(() => this.load())
      case 'lang': return this.dispatch({ type: 'lang', lang: this.state.lang === 'zh' ? 'en' : 'zh' })
      case 'quit': return this.deps.quit()
      default: return command satisfies never
    }
  }

  /** A place from which Esc leads back to the overview; the same place again stays. */
  private go(screen: 'board' | 'queue' | 'cases' | 'alerts' | 'help' | 'problems'): void {
    if (currentView(this.state).place.screen === screen) return
    if (screen === 'help') return this.open({ screen })
    if (screen === 'board') { while (this.state.views.length > 1) this.dispatch({ type: 'closed' }) } else this.open({ screen }, { fresh: true })
  }

  open(place: Place | null, options: { fresh?: boolean; cursor?: string | null } = {}): void {
    if (!place) return
    this.dispatch({ type: 'opened', place, ...options })
    void this.load()
  }

  private async markSeen(): Promise<void> {
    const { viewer, readonly } = this.state
    const id = currentView(this.state).cursor
    if (!viewer || readonly || !id) {
      return this.dispatch(flash('bad', { zh: '标为已读需要身份（--as）且不是只读', en: 'marking needs a name (--as), and not read-only' }))
    }
    await this.deps.reader.markSeen([id], viewer.name)
    await this.load()
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
      const [board, data] = await Promise.all([this.deps.reader.board(look), this.deps.reader.place(look, currentView(this.state).place)])
      // Another year was chosen meanwhile: what was read is not what is asked for.
      if (year === this.state.year && rehearsal === this.state.rehearsal) this.dispatch({ type: 'loaded', data: { ...data, board }, at: this.deps.now() })
    } catch {
      this.dispatch({ type: 'link', link: 'down' })
    }
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
