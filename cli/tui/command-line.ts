/** The `:` command line. Its commands are listed by `COMMAND_HELP` of texts.ts. */
import { stepNamed } from '../shared/terms.ts'
import { selectedStep } from './aim.ts'
import { askDefault, askReceipt } from './case-words.ts'
import { askConfirm } from './confirm-words.ts'
import { confirmation, refuse } from './decide.ts'
import { whyNotAct } from './permission.ts'
import type { Session } from './session.ts'

/** Runs what was typed; what is not understood is said. */
export function runCommandLine(session: Session, text: string): void {
  const [word = '', ...rest] = text.trim().split(/\s+/)
  switch (word) {
    case '': return
    case 'q': case 'quit': case 'exit': return session.run('quit')
    case 'board': case 'problems': case 'cases': case 'queue': case 'alerts': case 'events': case 'help': case 'refresh': case 'approve': case 'reject': return session.run(word)
    case 'lang': return setLang(session, rest[0])
    case 'as': return setViewer(session, rest[0] ?? '')
    case 'year': return setYear(session, rest)
    case 'pause': case 'resume': case 'cancel': return control(session, word, rest)
    case 'recheck': return recheck(session, rest[0])
    case 'default': return askDefault(session, rest)
    case 'receipt': return askReceipt(session, rest)
    case 'confirm': return void session.attempt(() => askConfirm(session, rest))
    default: return openDistrict(session, word)
  }
}

function setLang(session: Session, lang: string | undefined): void {
  if (lang === 'zh' || lang === 'en') return session.dispatch({ type: 'lang', lang })
  refuse(session, { zh: ':lang zh 或 :lang en', en: ':lang zh or :lang en' })
}

function setViewer(session: Session, name: string): void {
  const viewer = session.deps.viewer(name)
  if (!viewer) return refuse(session, { zh: `没有登记操作人“${name}”`, en: `there is no actor “${name}”` })
  session.dispatch({ type: 'viewer', viewer })
}

function setYear(session: Session, [year = '', rehearsal]: readonly string[]): void {
  if (!/^\d{4}$/.test(year)) {
    return refuse(session, { zh: ':year 2025，或 :year 2025 rehearsal', en: ':year 2025, or :year 2025 rehearsal' })
  }
  session.dispatch({ type: 'year', year: Number(year), rehearsal: rehearsal === 'rehearsal' })
  void session.load()
}

function control(session: Session, kind: 'pause' | 'resume' | 'cancel', codes: readonly string[]): void {
  const state = session.get()
  const here = selectedStep(state)?.district.code
  const known = state.data.board?.status.districts.map((district) => district.code) ?? []
  const districts = codes.length > 0 ? codes : here ? [here] : []
  const unknown = districts.find((code) => !known.includes(code))
  if (unknown || districts.length === 0) {
    return refuse(session, { zh: `没有区划 ${unknown ?? ''}`, en: `no district ${unknown ?? ''}` })
  }
  const why = districts.map((code) => whyNotAct(state.viewer, state.readonly, code)).find((one) => one !== null)
  if (why) return refuse(session, why)
  session.dispatch({ type: 'overlay', overlay: confirmation(session, { kind, districts }) })
}

function recheck(session: Session, named: string | undefined): void {
  const state = session.get()
  const aim = selectedStep(state)
  const step = named ? stepNamed(named) : aim?.step.step
  if (!aim || !step) return refuse(session, { zh: '先把光标移到一个步骤上', en: 'move the cursor to a step first' })
  const why = whyNotAct(state.viewer, state.readonly, aim.district.code)
  if (why) return refuse(session, why)
  session.dispatch({ type: 'overlay', overlay: confirmation(session, { kind: 'recheck', district: aim.district.code, step }) })
}

/** A code, or a part of a name that only one district has. */
function openDistrict(session: Session, text: string): void {
  const districts = session.get().data.board?.status.districts ?? []
  const low = text.toLowerCase()
  const exact = districts.filter((district) => district.code === text)
  const found = exact.length > 0
    ? exact
    : districts.filter((district) => district.name.includes(text) || district.nameEn.toLowerCase().includes(low))
  if (found.length === 1) return session.open({ screen: 'district', district: found[0]!.code })
  refuse(session, { zh: `没有命令或区划“${text}”；按 ? 看帮助`, en: `no command or district “${text}”; ? shows help` })
}
