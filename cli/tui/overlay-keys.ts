/** Keys while something lies over the screen: a dialog, a form, a filter or the command line. */
import { runCommandLine } from './command-line.ts'
import { confirmKey } from './decide.ts'
import { formKey } from './problem-forms.ts'
import type { Session } from './session.ts'
import type { Overlay } from './state.ts'

/** What a key does while a dialog, a form or a line to type is open. */
export function overlayKey(session: Session, overlay: Overlay, name: string): void {
  if (name === 'esc') {
    session.dispatch({ type: 'overlay', overlay: null })
    if (overlay.kind === 'filter') session.dispatch({ type: 'filtered', text: overlay.before })
    return
  }
  if (overlay.kind === 'actions' || overlay.kind === 'kinds' || overlay.kind === 'confirm' || overlay.kind === 'comment') {
    if (confirmKey(session, overlay, name)) return
  }
  if (overlay.kind === 'form' && formKey(session, overlay, name)) return
  if (name === 'backspace') return session.dispatch({ type: 'erased' })
  if (name === 'ctrl-u') return session.dispatch({ type: 'erased', all: true })
  if (name === 'enter') {
    session.dispatch({ type: 'overlay', overlay: null })
    if (overlay.kind === 'command') void session.attempt(() => runCommandLine(session, overlay.text))
    return
  }
  const text = name === 'space' ? ' ' : name
  if ([...text].length === 1) session.dispatch({ type: 'typed', text })
}
