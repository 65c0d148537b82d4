/** HTML that can not be broken by what stands in the data: everything is escaped unless it is {@link Html} already. */

/** Markup that is safe as it is. Made by {@link html} and {@link trusted} only. */
export class Html {
  readonly text: string
  constructor(text: string) { this.text = text }
}

type Part = Html | string | number | bigint | null | undefined | false | readonly Part[]

/** Tagged template: parts are escaped, lists are joined, empty values leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string))
}

/** Markup that this program made itself, such as a chart. Never text from data. */
export const trusted = (markup: string): Html => new Html(markup)

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map((one: Part) => render(one)).join('')
  return escapeHtml(String(part as string | number | bigint))
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for an element or a quoted attribute; control characters and direction overrides become a visible box. */
function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g

/** Control characters and direction overrides as U+FFFD: nothing hides in a report, and XML takes it. */
export const visible = (text: string): string => text.toWellFormed().replace(HIDDEN, '\uFFFD')
