/** Problems of a district: what was reported, its clocks, and what happened. */
import { CHANNEL_WORDS, EVENT_WORDS, KIND_WORDS, PROBLEM_STATE_WORDS, eventText } from '../../domain/problem-words.ts'
import type { DistrictReport } from '../model.ts'
import { type ProblemReport, breachText } from '../problems.ts'
import { type Html, html } from './escape.ts'
import { heading, table, timeText } from './parts.ts'

/** Nothing where nothing was reported. */
export function problemsSection({ problems = [] }: DistrictReport): Html {
  if (problems.length === 0) return html``
  return html`<section>${heading('用户问题', "Users' problems")}${table([
    { zh: '编号', en: 'Id' }, { zh: '用户', en: 'User' }, { zh: '内容', en: 'What' }, { zh: '来电', en: 'Called' }, { zh: '响应', en: 'Response' }, { zh: '解决', en: 'Resolution' }, { zh: '状态', en: 'State' },
  ], problems.map(problemRow))}${problems.map(eventsOf)}</section>`
}

function problemRow(one: ProblemReport): Html {
  const breached = one.breaches.length > 0
  return html`<tr><td class="k">${one.id}</td><td><b>${one.user}</b></td>
<td>${one.text}<div class="en">${CHANNEL_WORDS[one.channel].zh} · ${KIND_WORDS[one.kind].zh}${one.cause && html` · ${one.cause.step} ${one.cause.findingId ?? ''}`}</div></td>
<td class="t">${timeText(one.calledAt)}</td>
<td class="t">${one.response && html`至 by ${timeText(one.response.due)}<div class="en">${one.response.at ? `${timeText(one.response.at)} ${one.response.by ?? ''}` : '未响应 not yet'}</div>`}</td>
<td class="t">${one.resolution && html`至 by ${timeText(one.resolution.due)}`}<div class="en">${one.resolvedAt ? `${timeText(one.resolvedAt)} ${one.confirmedBy ?? ''}` : '未解决 not yet'}</div></td>
<td>${PROBLEM_STATE_WORDS[one.state].zh} ${PROBLEM_STATE_WORDS[one.state].en}${breached && html`<div class="stop">违约 breach：${breachText(one)}</div>`}</td></tr>`
}

function eventsOf(one: ProblemReport): Html {
  return html`<h3>${one.id}<small>${one.user}</small></h3>${table([{ zh: '时间', en: 'At' }, { zh: '事件', en: 'What' }, { zh: '谁', en: 'Who' }, { zh: '责任方', en: 'Whose minutes' }, { zh: '内容', en: 'Detail' }],
    one.events.map((event) => html`<tr><td class="t">${timeText(event.at)}</td><td>${EVENT_WORDS[event.action].zh} ${EVENT_WORDS[event.action].en}</td><td>${event.actor}</td>
<td>${event.party ?? ''}</td><td>${eventText(event, 'zh')}</td></tr>`))}`
}
