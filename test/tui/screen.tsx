/** A screen over a real database with a clock that stands still; what it would send is written down instead. */
import { EventEmitter } from 'node:events'
import { render } from 'ink'
import type { Books } from '../../books/connect.ts'
import { loadAttribution, loadPartyNames } from '../../config/attribution.ts'
import { loadConfigFile } from '../../config/load.ts'
import type { Operations } from '../../cli/operations.ts'
import { App } from '../../cli/tui/app.tsx'
import { frameLines } from '../../cli/tui/frame.ts'
import { textOf } from '../../cli/tui/line.ts'
import { createReader, type Reader } from '../../cli/tui/reader.ts'
import { Session } from '../../cli/tui/session.ts'
import { initialState, type State, type Viewer } from '../../cli/tui/state.ts'
import { BOARD_NOW } from '../support/board.ts'

// Screens show local times; the tests look at them from one place.
process.env.TZ = 'UTC'

export const VIEWERS: Record<string, Viewer> = {
  'gao.wa': { name: 'gao.wa', roles: ['coordinator'], districts: ['*'], revoked: false, hasKey: true },
  'wang.li': { name: 'wang.li', roles: ['finance'], districts: ['*'], revoked: false, hasKey: true },
  'bao.yin': { name: 'bao.yin', roles: ['engineer'], districts: ['152502', '152528'], revoked: false, hasKey: true },
  'su.he': { name: 'su.he', roles: ['finance'], districts: ['152525'], revoked: false, hasKey: false },
}

export interface Sent { call: keyof Operations; request: unknown }

export interface Screen {
  session: Session
  sent: Sent[]
  hasQuit(): boolean
  /** Keys by name, such as `j`, `enter`, `space`; waits until what they began has ended. */
  press(...names: string[]): Promise<void>
  type(text: string): Promise<void>
  /** What the terminal shows, as text. */
  text(): string
}

export const NAMES = new Map(loadConfigFile('districts').districts.map((district) => [district.code, district.name]))

export async function openScreen(books: Books, options: Partial<State> & { as?: string; reader?: Partial<Reader>; refuse?: { code: string; zh: string; en: string } } = {}): Promise<Screen> {
  const { as, reader, refuse, ...state } = options
  const sent: Sent[] = []
  let quit = false
  const session: Session = new Session(initialState({ year: 2025, lang: 'en', now: BOARD_NOW, viewer: as ? VIEWERS[as]! : null, ...state }), {
    reader: { ...createReader(books, NAMES, () => loadConfigFile('differences').kinds, undefined, () => ({ rules: loadAttribution(), parties: loadPartyNames(), now: BOARD_NOW })), ...reader },
    operations: () => Promise.resolve(recorder(sent, refuse)),
    config: () => ({ approvals: loadConfigFile('approvals'), documents: loadConfigFile('documents'), districts: loadConfigFile('districts'), differences: loadConfigFile('differences') }),
    viewer: (name) => VIEWERS[name] ?? null, now: () => BOARD_NOW, quit: () => { quit = true },
  })
  const press = async (...names: string[]) => {
    for (const name of names) {
      session.press([name])
      await session.idle()
    }
  }
  await session.load()
  await session.idle()
  return { session, sent, hasQuit: () => quit, press, type: (text) => press(...[...text].map((char) => (char === ' ' ? 'space' : char))), text: () => frameText(session.get()) }
}

const CONFIRMED = {
  name: { zh: '财政专户对账', en: 'special accounts' }, title: { zh: '开户银行', en: 'bank of the account' }, confirmer: 'bank', party: '', digest: 'seen',
  balance: { a: '700.00', b: '200.00', difference: '500.00', differences: 1 },
}

function recorder(sent: Sent[], refuse: { code: string; zh: string; en: string } | undefined): Operations {
  const answer = (call: keyof Operations) => (request: unknown) => {
    sent.push({ call, request })
    return Promise.resolve(refuse ? { ok: false as const, ...refuse } : { ok: true as const })
  }
  const calls = ['start', 'pause', 'resume', 'cancel', 'recheck', 'decideStep', 'decideFindings', 'confirmReconciliation', 'openProblem', 'actOnProblem', 'announceInput'] as const
  return { ...Object.fromEntries(calls.map((call) => [call, answer(call)])), canDecideStep: () => Promise.resolve({ ok: true }), canConfirm: (request: object) => Promise.resolve(refuse ? { ok: false, ...refuse } : { ok: true, confirmed: { ...CONFIRMED, ...request } }) } as unknown as Operations
}

export const frameText = (state: State): string => frameLines(state).map(textOf).map((line) => line.trimEnd()).join('\n')

/** The same in Ink, with a terminal of that size: what is written and what keys do. */
export function inkScreen(session: Session, columns: number, rows: number) {
  const stdout = Object.assign(new EventEmitter(), { columns, rows, isTTY: true, last: '', write(frame: string) { if (frame.includes('\n')) stdout.last = frame; return true } })
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true, data: null as string | null, setEncoding() {}, setRawMode() {}, resume() {}, pause() {}, ref() {}, unref() {},
    read() { const { data } = stdin; stdin.data = null; return data },
    write(data: string) { stdin.data = data; stdin.emit('readable'); stdin.emit('data', data) },
  })
  const streams = { stdin, stdout, stderr: stdout } as unknown as { stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }
  const instance = render(<App session={session} />, { ...streams, debug: true, patchConsole: false, exitOnCtrlC: false, interactive: true })
  return { stdout, stdin, instance }
}
