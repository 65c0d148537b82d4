/** Figures of a step, whatever their shape: single values as rows, lists and groups of alike things as tables. */
import type { Plain } from '../../domain/canonical.ts'
import { type Html, html } from './escape.ts'
import { labelOf } from './labels.ts'
import { table } from './parts.ts'

type Group = { readonly [name: string]: Plain | undefined }

/** Rows that a page shows of one table; the JSON has them all. */
const ROWS_MAX = 60

const isGroup = (value: Plain | undefined): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: Plain | undefined): boolean =>
  isGroup(value) && Object.keys(value).every((key) => key === 'zh' || key === 'en')
const isScalar = (value: Plain | undefined): boolean => typeof value !== 'object' || value === null || isText(value)
/** All of it are single values. */
const isFlat = (value: Plain | undefined): value is Group => isGroup(value) && Object.values(value).every(isScalar)

function cellText(value: Plain | undefined): string {
  if (value === null || value === undefined) return ''
  if (isGroup(value)) return [value.zh, value.en].filter(Boolean).join(' ')
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  return String(value)
}

const isNumber = (text: string) => /^-?\d[\d,]*(\.\d+)?$/.test(text)
const grouped = (text: string) => (/^-?\d+\.\d\d$/.test(text) ? text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') : text)
const cell = (text: string): Html => html`<td${isNumber(text) && html` class="n"`}>${grouped(text)}</td>`

/** Everything in a figure, tables and all; `name` heads what needs a heading. */
export function figures(value: Plain, name = ''): Html {
  if (Array.isArray(value)) return listTable(name, value as readonly Plain[])
  if (!isGroup(value)) return html``
  const members = Object.entries(value)
  const single = members.filter(([, member]) => isScalar(member) && member !== null)
  const nested = members.filter(([, member]) => !isScalar(member))
  const alike = nested.length > 1 && nested.length === members.length && nested.every(([, member]) => isFlat(member))
  const heading = name !== '' && html`<h4>${labelOf(name).zh}<small>${labelOf(name).en}</small></h4>`
  if (alike) return html`${heading}${groupTable(nested as [string, Group][])}`
  return html`${heading}${single.length > 0 && valueTable(single)}${nested.map(([own, member]) => figures(member!, own))}`
}

function valueTable(rows: readonly (readonly [string, Plain | undefined])[]): Html {
  return table([{ zh: '项目', en: 'Figure' }, { zh: '数值', en: 'Value', number: true }],
    rows.map(
      ([name, value]) =>
        html`<tr><td>${labelOf(name).zh} <span class="en">${labelOf(name).en}</span></td><td class="n">${grouped(cellText(value))}</td></tr>`,
    ))
}

function groupTable(rows: readonly (readonly [string, Group])[]): Html {
  const columns = [...new Set(rows.flatMap(([, row]) => Object.keys(row)))]
  return html`${table([{ zh: '项目', en: 'Item' }, ...columns.map((column) => labelOf(column))],
    rows.slice(0, ROWS_MAX).map(([name, row]) => html`<tr><td class="k">${name}</td>${columns.map((column) => cell(cellText(row[column])))}</tr>`))}${more(rows.length)}`
}

function listTable(name: string, list: readonly Plain[]): Html {
  if (list.length === 0) return html``
  const heading = html`<h4>${labelOf(name).zh}<small>${labelOf(name).en}</small></h4>`
  if (list.every(isScalar)) return html`${heading}<p>${list.map(cellText).join(' · ')}</p>`
  const rows = list.filter(isGroup)
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => isScalar(row[key]))))]
  return html`${heading}${table(columns.map((column) => labelOf(column)),
    rows.slice(0, ROWS_MAX).map((row) => html`<tr>${columns.map((column) => cell(cellText(row[column])))}</tr>`))}${more(rows.length)}`
}

const more = (count: number): Html | false =>
  count > ROWS_MAX && html`<p class="none">另有 ${count - ROWS_MAX} 项，见 JSON。${count - ROWS_MAX} more in the JSON.</p>`

/** `{a: {b: 1}, c: [2]}` → `a.b 1`, `c.1 2`, for a sheet; texts in two languages stay one row. */
export function flatten(value: Plain, path = ''): [string, string][] {
  if (isScalar(value)) return value === null ? [] : [[path, cellText(value)]]
  return Object.entries(value as Group).flatMap(([name, member]) =>
    (member === undefined ? [] : flatten(member, `${path}${path && '.'}${Array.isArray(value) ? Number(name) + 1 : name}`)))
}
