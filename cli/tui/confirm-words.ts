/** `:confirm`: the balance of a reconciliation, or one party's part, confirmed by the viewer. */
import { displayYuan, parseYuan } from '../../domain/money.ts'
import { districtAt } from './aim.ts'
import { confirmation, refuse } from './decide.ts'
import { whyNotAct } from './permission.ts'
import type { Session } from './session.ts'

/** `:confirm R7 [PARTY]`, of the district at hand. What is shown for a yes is what is signed. */
export async function askConfirm(session: Session, [reconciliation, ...rest]: readonly string[]): Promise<void> {
  const state = session.get()
  const district = districtAt(state)
  if (!district || !reconciliation) {
    return refuse(session, { zh: '在某一区划：:confirm R7 [银行或单位]', en: 'in a district: :confirm R7 [PARTY]' })
  }
  // Who may confirm for the league or from outside is judged by the worker.
  const why = whyNotAct(state.viewer, state.readonly, state.viewer?.districts[0] ?? district)
  if (why) return refuse(session, why)
  const operations = await session.deps.operations()
  const party = rest.length > 0 ? rest.join(' ') : undefined
  const can = await operations.canConfirm({
    year: state.year, district, reconciliation, party, actor: state.viewer!.name, comment: '',
  })
  if (!can.ok) return refuse(session, can)
  const { balance: { a, b, differences }, ...one } = can.confirmed
  const [sideA, sideB] = [a, b].map((text) => displayYuan(parseYuan(text)))
  session.dispatch({ type: 'overlay', overlay: confirmation(session, {
    kind: 'balance', district, reconciliation, party: one.party, confirmer: one.confirmer, digest: one.digest, comment: '',
    about: { zh: `${one.name.zh} ${one.party} ${one.title.zh}`, en: `${one.name.en} ${one.party} ${one.title.en}` },
    sums: { zh: `${sideA} / ${sideB}，差异 ${differences} 项`, en: `${sideA} / ${sideB}, ${differences} differences` },
  }) })
}
