/** A process that owns local servers, as `nianjie up` does: it says `ready` and waits for a word. Argument: options as JSON. */
import { startSupervisor } from '../../../cli/local/open.ts'
import type { SupervisorOptions } from '../../../cli/local/protocol.ts'

const options = JSON.parse(process.argv[2]!) as SupervisorOptions
const say = (event: string, text: string) => process.stdout.write(`${JSON.stringify({ event, text })}\n`)
try {
  const local = await startSupervisor(options, process.env, (text) => say('progress', text.en))
  say('ready', '')
  process.stdin.once('data', (word: Buffer) => {
    if (word.toString() !== 'detach\n') return void local.close().then(() => process.exit(0))
    local.detach()
    process.stdin.destroy()
  })
} catch (error) {
  say('failed', (error as Error).message)
  process.exitCode = 1
}
