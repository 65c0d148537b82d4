/** The frame of a page: one self-contained file that loads nothing and runs nothing. */
import type { YearReport } from '../model.ts'
import { type Html, html, trusted } from './escape.ts'
import { STYLE } from './style.ts'
import { stateMark, timeText } from './parts.ts'

type Fact = readonly [zh: string, en: string, value: Html | string]
interface YearCover { zh: string; en: string; state: Parameters<typeof stateMark>[0]; facts: readonly Fact[] }
/** What stands on the cover: the title in Chinese, which names the file too, and in English. */
interface Cover { zh: string; en: string; facts: readonly Fact[]; asOf: string | null }

/** A page of the year's report as text. On the dark cover a state has no tone. */
export function page({ year, asOf }: YearReport, { zh, en, state, facts }: YearCover, body: readonly Html[]): string {
  return framed({
    zh: `${zh} · ${year} 年结进度报告`, en: `${en} · Year-end ${year}, progress report`,
    facts: [['状态', 'State', stateMark(state)], ...facts], asOf,
  }, body)
}

/** A whole page as text; `asOf` is ISO 8601, null when there is nothing yet. */
export function framed({ zh, en, facts, asOf }: Cover, body: readonly Html[]): string {
  return html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${zh}</title><style>${trusted(STYLE)}</style></head>
<body><main>
<header class="cover"><h1>${zh}</h1><div class="en">${en}</div>
<dl>${facts.map(([zhName, enName, value]) => html`<div><dt>${zhName} ${enName}</dt><dd>${value}</dd></div>`)}
<div><dt>数据截至 As of</dt><dd>${timeText(asOf)} 北京时间</dd></div></dl></header>
${body}
<footer>年结 Nianjie · 报告只取自数据库：相同的状态得到相同的文件 · made from the database alone: the same state gives the same file</footer>
</main></body></html>
`.text
}
