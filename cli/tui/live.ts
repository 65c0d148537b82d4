/** Keeps a session fresh: reads after each change, every few seconds anyway, and turns the clock. */
import type { Session } from './session.ts'

const REREAD_MS = 5_000
const SETTLE_MS = 150
const TICK_MS = 1_000

/** Runs until `stop`. Changes that come in a burst make one reading. */
export function keepFresh(session: Session, stop: AbortSignal): void {
  let settling: NodeJS.Timeout | undefined
  const changed = () => {
    settling ??= setTimeout(() => {
      settling = undefined
      void session.load()
    }, SETTLE_MS)
  }
  const reread = setInterval(() => void session.load(), REREAD_MS)
  const tick = setInterval(() => session.dispatch({ type: 'tick', now: session.deps.now() }), TICK_MS)
  stop.addEventListener('abort', () => {
    clearTimeout(settling)
    clearInterval(reread)
    clearInterval(tick)
  }, { once: true })
  void session.load()
  void session.deps.reader.listen(changed, stop)
}
