/** What each key of the dispatch table does. */
import { districtAt, openCursor, openPlace, selectedStep } from './aim.ts'
import { askLock } from './closing.ts'
import { askDecision } from './decide.ts'
import type { KeyCommand } from './keys.ts'
import { askReport, askWord } from './problem-forms.ts'
import { flash } from './reducer.ts'
import type { Session } from './session.ts'
import { currentView } from './state.ts'

/** Does what a key of the dispatch table stands for. */
export function runCommand(session: Session, command: KeyCommand): void {
  const state = session.get()
  const view = currentView(state)
  switch (command) {
    case 'down': return session.dispatch({ type: 'moved', by: 1 })
    case 'up': return session.dispatch({ type: 'moved', by: -1 })
    case 'left': return session.dispatch({ type: 'columnMoved', by: -1 })
    case 'right': return session.dispatch({ type: 'columnMoved', by: 1 })
    case 'pageDown': return session.dispatch({ type: 'paged', pages: 1 })
    case 'pageUp': return session.dispatch({ type: 'paged', pages: -1 })
    case 'first': return session.dispatch({ type: 'movedTo', end: 'first' })
    case 'last': return session.dispatch({ type: 'movedTo', end: 'last' })
    case 'open': return session.open(openPlace(state), { cursor: openCursor(state) })
    case 'back': return view.filter ? session.dispatch({ type: 'filtered', text: '' }) : session.dispatch({ type: 'closed' })
    case 'filter': return session.dispatch({
      type: 'overlay', overlay: { kind: 'filter', text: view.filter, before: view.filter },
    })
    case 'command': return session.dispatch({ type: 'overlay', overlay: { kind: 'command', text: '' } })
    case 'sort': return session.dispatch({ type: 'sorted' })
    case 'select': return session.dispatch({ type: 'selected' })
    case 'selectAll': return session.dispatch({ type: 'selectedAll' })
    case 'openOnly': return session.dispatch({ type: 'openOnlyToggled' })
    case 'board': case 'queue': case 'cases': case 'alerts': case 'help': case 'problems': return go(session, command)
    case 'problemOpen': return askReport(session, false)
    case 'problemFrom': return askReport(session, true)
    case 'problemAcknowledge': case 'problemAssign': case 'problemWait':
    case 'problemResume': case 'problemResolve': case 'problemReopen':
      return askWord(session, WORDS[command])
    case 'events': {
      const aim = selectedStep(state)
      return aim ? session.open({ screen: 'events', district: aim.district.code }) : undefined
    }
    case 'newYear': case 'trial': {
      const district = districtAt(state)
      return district ? session.open({ screen: command === 'trial' ? 'trial' : 'new-year', district }) : undefined
    }
    case 'health': case 'reconciled': case 'time': {
      const aim = selectedStep(state)
      return aim ? session.open({ screen: command, district: aim.district.code }) : undefined
    }
    case 'plan': case 'undo': {
      const district = districtAt(state)
      return district ? session.open({ screen: command, district }) : undefined
    }
    case 'lock': return void session.attempt(() => askLock(session))
    case 'evidence': {
      const aim = selectedStep(state)
      return aim ? session.open({ screen: 'evidence', district: aim.district.code, step: aim.step.step }) : undefined
    }
    case 'approve': case 'reject': case 'resolve': return void session.attempt(() => askDecision(session, command))
    case 'seen': return void session.attempt(() => markSeen(session))
    case 'refresh': return void session.attempt(() => session.load())
    case 'lang': return session.dispatch({ type: 'lang', lang: state.lang === 'zh' ? 'en' : 'zh' })
    case 'quit': return session.deps.quit()
    default: return command satisfies never
  }
}

const WORDS = {
  problemAcknowledge: 'acknowledge', problemAssign: 'assign', problemWait: 'wait', problemResume: 'resume',
  problemResolve: 'resolve', problemReopen: 'reopen',
} as const

/** A place from which Esc leads back to the overview; the same place again stays. */
function go(session: Session, screen: 'board' | 'queue' | 'cases' | 'alerts' | 'help' | 'problems'): void {
  if (currentView(session.get()).place.screen === screen) return
  if (screen === 'help') return session.open({ screen })
  if (screen !== 'board') return session.open({ screen }, { fresh: true })
  while (session.get().views.length > 1) session.dispatch({ type: 'closed' })
}

async function markSeen(session: Session): Promise<void> {
  const { viewer, readonly } = session.get()
  const id = currentView(session.get()).cursor
  if (!viewer || readonly || !id) {
    return session.dispatch(flash('bad', { zh: '标为已读需要身份（--as）且不是只读', en: 'marking needs a name (--as), and not read-only' }))
  }
  await session.deps.reader.markSeen([id], viewer.name)
  await session.load()
}
