/** The frame of a page: one self-contained file that loads nothing and runs nothing. */
import { type YearReport } from '../model.ts'
import { type Html, html, trusted } from './escape.ts'
import { STYLE } from './style.ts'
import { stateMark, timeText } from './parts.ts'

interface Cover { zh: string; en: string; state: Parameters<typeof stateMark>[0]; facts: readonly (readonly [zh: string, en: string, value: Html | string])[] }

/** A whole page as text. */
export function page(report: YearReport, cover: Cover, body: readonly Html[]): string {
  const { year, asOf } = report
  return html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${cover.zh} · ${year} 年结进度报告</title><style>${trusted(STYLE)}</style></head>
<body><main>
<header class="cover"><h1>${cover.zh} · ${year} 年结进度报告</h1><div class="en">${cover.en} · Year-end ${year}, progress report</div>
<dl><div><dt>状态 State</dt><dd>${stateText(cover.state)}</dd></div>
${cover.facts.map(([zh, en, value]) => html`<div><dt>${zh} ${en}</dt><dd>${value}</dd></div>`)}
<div><dt>数据截至 As of</dt><dd>${timeText(asOf)} 北京时间</dd></div></dl></header>
${body}
<footer>年结 Nianjie · 报告只取自数据库：相同的状态得到相同的文件 · made from the database alone: the same state gives the same file</footer>
</main></body></html>
`.text
}

/** On the dark cover a state has no tone. */
function stateText(state: Cover['state']): Html {
  return html`${stateMark(state)}`
}
