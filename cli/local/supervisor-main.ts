/** The supervisor process. Started by `openLocal`; argument: its options as JSON. */
import { describeError } from '../shared/exit.ts'
import { DETACH, OPTIONS_ARGUMENT, type SupervisorEvent, type SupervisorOptions } from './protocol.ts'
import { Supervisor } from './supervisor.ts'

const options = JSON.parse(process.argv[OPTIONS_ARGUMENT] ?? '{}') as SupervisorOptions
let detached = false
let supervisor: Supervisor | undefined

/** The owner may be gone; what is said goes to the log as well. */
function tell(event: SupervisorEvent): void {
  if (event.event !== 'ready') process.stderr.write(`${new Date().toISOString()} ${event.text.en}\n`)
  if (!detached) process.stdout.write(`${JSON.stringify(event)}\n`)
}

async function end(code: number): Promise<never> {
  await supervisor?.stop()
  process.exit(code)
}

function fail(error: unknown): Promise<never> {
  const { code, text } = describeError(error)
  tell({ event: 'failed', text, code })
  return end(code)
}

process.stdout.on('error', () => {})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))

// The lifeline: it closes when the owner ends, however it ends.
process.stdin.on('data', (chunk: Buffer) => {
  if (!chunk.toString().includes(DETACH)) return
  detached = true
  supervisor?.detach()
})
process.stdin.on('error', () => {})
process.stdin.on('close', () => { if (!detached) void end(0) })

try {
  supervisor = new Supervisor(options, (text) => tell({ event: 'progress', text }))
  await supervisor.start()
  tell({ event: 'ready' })
} catch (error) {
  await fail(error)
}
