/** What stands over the lower part of the body: a choice, a comment, a confirmation. */
import { STEP_NAMES } from '../../../domain/steps.ts'
import { displayYuan, parseYuan } from '../../../domain/money.ts'
import type { Text } from '../../shared/lang.ts'
import { ACTION_WORDS } from '../../shared/terms.ts'
import { cell, type Line, paragraph, piece } from '../line.ts'
import type { Overlay, Pending, State } from '../state.ts'
import { sign } from '../theme.ts'
import { namesOf, tell } from './parts.ts'
import { formLines } from './problems.ts'

/** Lines of the panel; none for what is typed in the message line. */
export function overlayLines(state: State): Line[] {
  const { overlay } = state
  if (!overlay || overlay.kind === 'filter' || overlay.kind === 'command') return []
  if (overlay.kind === 'form') return formLines(state, overlay)
  const t = tell(state)
  const title: Line = [cell(` ${t(TITLES[overlay.pending.kind])}`, state.size.columns, 'cursor')]
  return [title, ...aboutLines(state, overlay.pending), [], ...askLines(state, overlay)]
}

const TITLES: Record<Pending['kind'], Text> = {
  approve: { zh: '审批通过', en: 'Approve' }, reject: { zh: '退回', en: 'Reject' }, findings: { zh: '处理问题', en: 'Decide findings' },
  pause: { zh: '暂停', en: 'Pause' }, resume: { zh: '继续', en: 'Resume' }, cancel: { zh: '取消年结', en: 'Cancel the year-end' },
  recheck: { zh: '重新检查', en: 'Check again' },
  undo: { zh: '撤销年终结转', en: 'Undo of the carry-forward' },
  lock: { zh: '最终锁定年度（之后不能再撤销）', en: 'Lock the year for good (nothing can be undone after that)' },
  default: { zh: '批准默认处置', en: 'Approve a default' }, receipt: { zh: '登记回单', en: 'Register a receipt' },
  balance: { zh: '确认对账余额', en: 'Confirm a balance' },
}

/** District, year, step and amount: what the decision is on. */
function aboutLines(state: State, pending: Pending): Line[] {
  const t = tell(state)
  const names = namesOf(state)
  const field = (name: Text, value: string, style?: Parameters<typeof piece>[1]): Line[] =>
    paragraph(value, state.size.columns - 13, style).slice(0, 3)
      .map((line, index) => [cell(index === 0 ? ` ${t(name)}` : '', 12, 'dim'), ...line])
  const district = (code: string) => `${code} ${names.get(code)?.[state.lang] ?? ''}`
  const codes = 'districts' in pending ? pending.districts : [pending.district]
  const lines = [
    ...field({ zh: '区划', en: 'District' }, codes.map(district).join(t({ zh: '、', en: ', ' })), 'bold'),
    ...field({ zh: '年度', en: 'Year' }, String(state.year), 'bold'),
  ]
  if ('step' in pending) lines.push(...field({ zh: '步骤', en: 'Step' }, t(STEP_NAMES[pending.step]), 'bold'))
  if (pending.kind === 'approve' || pending.kind === 'reject') {
    lines.push(
      ...figureFields(state, pending, field), ...field({ zh: '证据', en: 'Evidence' }, pending.evidenceDigest.slice(0, 32), 'dim'),
    )
  }
  if (pending.kind === 'undo') lines.push(...field({ zh: '意见', en: 'Word' }, t(UNDO_WORDS[pending.word]), 'bold'))
  if (pending.kind === 'undo' || pending.kind === 'lock') lines.push(...figureFields(state, pending, field))
  if (pending.kind === 'findings') {
    const amount = pending.amount === null ? '' : t({
      zh: `，金额合计 ${displayYuan(parseYuan(pending.amount))}`, en: `, amounts add to ${displayYuan(parseYuan(pending.amount))}`,
    })
    lines.push(...field({ zh: '问题', en: 'Findings' }, `${pending.rows.length}${amount}`, 'bold'))
    if (state.overlay?.kind !== 'actions') {
      lines.push(...field({ zh: '处理', en: 'Action' }, t(ACTION_WORDS[pending.action]), 'bold'))
    }
    const { kind, owner } = pending.about ?? {}
    if (kind !== undefined) lines.push(...field({ zh: '原因', en: 'Kind' }, kindName(state, kind), 'bold'))
    if (owner !== undefined) lines.push(...field({ zh: '负责人', en: 'Owner' }, owner, 'bold'))
  }
  if (pending.kind === 'default' || pending.kind === 'receipt') {
    lines.push(
      ...field({ zh: '单据', en: 'Document' }, `${pending.type} ${pending.number || t({ zh: '（全部）', en: '(all)' })}`, 'bold'),
    )
  }
  if (pending.kind === 'default') {
    lines.push(...field(
      { zh: '处置', en: 'Default' },
      pending.action === null ? t({ zh: '按配置的建议', en: 'as the configuration proposes' }) : t(ACTION_WORDS[pending.action]),
      'bold',
    ))
  }
  if (pending.kind === 'balance') {
    lines.push(
      ...field({ zh: '对账', en: 'No.' }, `${pending.reconciliation} ${t(pending.about)}`, 'bold'),
      ...field({ zh: '余额', en: 'Balance' }, t(pending.sums), 'bold'),
    )
  }
  if (pending.kind === 'receipt') {
    lines.push(...field({ zh: '回单', en: 'Receipt' }, `${pending.outcome} ${pending.reference}`, 'bold'))
  }
  if ('comment' in pending && pending.comment) lines.push(...field({ zh: '意见', en: 'Comment' }, pending.comment))
  return lines
}

const UNDO_WORDS = {
  ask: { zh: '申请撤销（另一人批准后执行）', en: 'ask for it (done once another person approves)' },
  approve: { zh: '批准撤销，随即冲销', en: 'approve it: it is taken back at once' },
  reject: { zh: '退回申请，结转不变', en: 'reject it: the carry-forward stays' },
} as const

function figureFields(
  state: State, pending: Pick<Extract<Pending, { kind: 'approve' | 'reject' }>, 'figures'>,
  field: (name: Text, value: string, style?: Parameters<typeof piece>[1]) => Line[],
): Line[] {
  const shown = (money: boolean) =>
    pending.figures.filter((figure) => figure.money === money).map((figure) => `${tell(state)(figure.label)} ${figure.value}`)
  const [money, counts] = [shown(true), shown(false)]
  return [
    ...field({ zh: '金额', en: 'Amount' }, money.join('   ') || tell(state)({ zh: '无', en: 'none' }), 'bold'),
    ...(counts.length > 0 ? field({ zh: '数量', en: 'Counts' }, counts.join('   ')) : []),
  ]
}

function askLines(state: State, overlay: Exclude<Overlay, { kind: 'filter' | 'command' | 'form' }>): Line[] {
  const t = tell(state)
  const cancel = t({ zh: 'Esc 放弃', en: 'Esc gives up' })
  switch (overlay.kind) {
    case 'actions':
      return choiceLines(state, overlay.items.map((action) => `${t(ACTION_WORDS[action])} (${action})`), overlay.index)
    case 'kinds':
      return choiceLines(
        state, overlay.items.map(({ kind, name }) => `${t(name)}${kind === null ? '' : ` (${kind})`}`), overlay.index,
      )
    case 'comment': {
      const isOwner = overlay.pending.kind === 'findings' && overlay.pending.action === 'assign'
      const label = isOwner
        ? t({ zh: '负责人', en: 'Owner' })
        : overlay.required ? t({ zh: '原因（必填）', en: 'Reason (required)' }) : t({ zh: '意见（可空）', en: 'Comment (optional)' })
      return [
        [piece(` ${label}: `, 'bold'), piece(overlay.text), piece('_', 'head')],
        [piece(` ${t({ zh: 'Enter 继续', en: 'Enter goes on' })}  ${cancel}`, 'dim')],
      ]
    }
    case 'confirm': {
      const signer = state.viewer && overlay.pending.kind !== 'recheck' && !('districts' in overlay.pending)
        ? t({ zh: `用 ${state.viewer.name} 的密钥签名。`, en: `Signed with the key of ${state.viewer.name}. ` })
        : ''
      if (overlay.phrase === null) return [[piece(` ${signer}${t({ zh: '按 y 确认，', en: 'y confirms, ' })}${cancel}`, 'alarm')]]
      return [
        [piece(
          ` ${signer}${t({ zh: `请输入 ${overlay.phrase} 并回车，`, en: `Type ${overlay.phrase} and Enter, ` })}${cancel}`, 'alarm',
        )],
        [piece(' > ', 'bold'), piece(overlay.text), piece('_', 'head')],
      ]
    }
    default: return overlay satisfies never
  }
}

/** What there is to choose from, below one another; the first nine by number too. */
function choiceLines(state: State, items: readonly string[], at: number): Line[] {
  const t = tell(state)
  const number = (index: number) => (index < 9 ? String(index + 1) : ' ')
  return [
    ...items.map((item, index): Line => index === at
      ? [piece(sign('cursor', state.ascii), 'head'), cell(`${number(index)} ${item}`, 52, 'cursor')] : [piece(
        ` ${number(index)} ${item}`,
      )]),
    [piece(` ${t({ zh: 'Enter 选定', en: 'Enter chooses' })}  ${t({ zh: 'Esc 放弃', en: 'Esc gives up' })}`, 'dim')],
  ]
}

/** The name of a kind as the difference that is open knows it. */
function kindName(state: State, kind: string): string {
  const known = [...state.data.differences.values()].flatMap(({ kinds }) => kinds).find((one) => one.kind === kind)
  return known ? known.name[state.lang] : kind
}
