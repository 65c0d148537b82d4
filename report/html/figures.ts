/** Figures of a step as rows, whatever their shape. */
import type { Plain } from '../../domain/canonical.ts'
import { type Html, html } from './escape.ts'
import { table } from './parts.ts'

/** Names and values of a figure, however it is nested. */
export const figureRows = (rows: readonly (readonly [string, string])[]): Html =>
  table([{ zh: '项目', en: 'Figure' }, { zh: '数值', en: 'Value', number: true }],
    rows.map(([name, value]) => html`<tr><td class="k">${name}</td><td class="n">${value}</td></tr>`))

/** `{a: {b: 1}, c: [2]}` → `a.b 1`, `c.1 2`; texts in two languages stay one row. */
export function flatten(value: Plain, path = ''): [string, string][] {
  if (value === null || typeof value !== 'object') return value === null ? [] : [[path, String(value)]]
  const members = Object.entries(value as Record<string, Plain>)
  if (members.length === 2 && 'zh' in value && 'en' in value) return [[path, `${String(value.zh)} ${String(value.en)}`]]
  return members.flatMap(([name, member]) => flatten(member, `${path}${path && '.'}${Array.isArray(value) ? Number(name) + 1 : name}`))
}
