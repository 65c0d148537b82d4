/** Opens the terminal UI and closes it again, whatever happens in between. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { render } from 'ink'
import { loadTimeRules } from '../../config/attribution.ts'
import { loadConfigFile } from '../../config/load.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { keysFolderOf } from '../operations/keys.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'
import { districtNames } from '../shared/options.ts'
import { App } from './app.tsx'
import { keepFresh } from './live.ts'
import { createReader } from './reader.ts'
import { Session } from './session.ts'
import { initialState, type Viewer } from './state.ts'
import type { TimeRules } from './time-reader.ts'

export interface TuiOptions { year: number; as?: string; readonly?: boolean; ascii?: boolean; rehearsal?: boolean }

/** Returns when the user leaves. @throws CliError when `--as` names nobody, or nothing answers at the start */
export async function runTui(context: CliContext, options: TuiOptions): Promise<void> {
  const books = await context.books()
  const session = new Session(
    initialState({
      year: options.year, lang: context.lang, now: context.now(), ascii: options.ascii === true, readonly: options.readonly === true,
      rehearsal: options.rehearsal === true, viewer: viewerAtStart(context, options.as),
      size: { columns: context.stdout.columns ?? 80, rows: context.stdout.rows ?? 24 },
    }),
    {
      reader: createReader(books, districtNames(context), () => configOf(context).differences.kinds, () => configOf(context).documents, () => timeOf(context)), operations: () => context.operations(), config: () => configOf(context),
      viewer: (name) => viewerNamed(context, name), now: () => context.now(), quit: () => instance.unmount(),
    })
  const stop = new AbortController()
  const instance = render(<App session={session} />, {
    stdin: context.stdin, stdout: context.stdout, stderr: context.stderr, alternateScreen: true, incrementalRendering: true,
    interactive: true, exitOnCtrlC: false, patchConsole: true,
  })
  const end = () => instance.unmount()
  for (const signal of SIGNALS) process.once(signal, end)
  // The terminal was closed: nothing can be drawn any more, and that is no failure.
  context.stdout.on('error', end)
  keepFresh(session, stop.signal)
  try {
    await instance.waitUntilExit()
  } finally {
    stop.abort()
    for (const signal of SIGNALS) process.off(signal, end)
    context.stdout.off('error', end)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Only the files that a decision needs: a mistake in another one must not close the screen. */
function configOf(context: CliContext) {
  const overlay = overlayFolder(context.env)
  const read = <K extends 'approvals' | 'documents' | 'districts' | 'differences'>(name: K) => loadConfigFile(name, overlay)
  return { approvals: read('approvals'), documents: read('documents'), districts: read('districts'), differences: read('differences') }
}

function timeOf(context: CliContext): TimeRules {
  return { ...loadTimeRules(overlayFolder(context.env)), now: context.now() }
}

/** Who `--as` or NIANJIE_ACTOR names; else the only one whose key lies in the key folder. @throws CliError usage */
function viewerAtStart(context: CliContext, as: string | undefined): Viewer | null {
  const name = as ?? context.env.NIANJIE_ACTOR ?? onlyKey(keysFolderOf(context.env))
  if (!name) return null
  const viewer = viewerNamed(context, name)
  if (!viewer && as) throw usageError({ zh: `没有登记操作人 ${name}：用 nianjie actor list 查看`, en: `there is no actor ${name}: see nianjie actor list` })
  return viewer
}

function onlyKey(folder: string): string | undefined {
  const keys = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.key')) : []
  return keys.length === 1 ? keys[0]!.slice(0, -'.key'.length) : undefined
}

function viewerNamed(context: CliContext, name: string): Viewer | null {
  const actor = context.actors().actors.find((one) => one.name === name)
  if (!actor) return null
  const { roles, districts, revoked } = actor
  return { name, roles, districts, revoked, hasKey: existsSync(join(keysFolderOf(context.env), `${name}.key`)) }
}
