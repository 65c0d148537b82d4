/**
 * Instructions 处置指令: what a disposition asks of the business system, written in the office's own layout. Pure; the layouts
 * are data (config/documents.yaml), every value in a statement is a quoted constant.
 */

/** A value of one line by the name that formats use. */
export type InstructionFields = { readonly [field: string]: string }

const CONTROL = /\p{Cc}/u

/**
 * A text constant of SQL: single quotes doubled, nothing else interpreted.
 * @throws RangeError for a control character, which no number or code holds and which some clients act upon
 */
export function sqlText(value: string): string {
  if (CONTROL.test(value)) throw new RangeError(`a control character in ${JSON.stringify(value)}`)
  return `'${value.replaceAll("'", "''")}'`
}

/**
 * A CSV field (RFC 4180), quoted where it must be; a leading sign that a spreadsheet would take for a formula is kept as text.
 */
export function csvField(value: string): string {
  const text = /^[=@\t]|^[+-](?![\d.,]+$)/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A template with each `{field}` replaced; a field that is not given is empty. */
function fill(template: string, fields: InstructionFields, quote: (value: string) => string): string {
  return template.replace(/\{([^{}]*)\}/g, (_whole, name: string) => quote(fields[name] ?? ''))
}

export type Layout =
  | { kind: 'csv'; columns: readonly { title: string; value: string }[] }
  | { kind: 'sql'; head?: string | undefined; statement: string; statements: { readonly [type: string]: string } }

/** The whole text of an instruction: the same lines give the same text. Lines end with CRLF in CSV, with LF in SQL. */
export function instructionText(layout: Layout, lines: readonly InstructionFields[]): string {
  if (layout.kind === 'csv') {
    const rows = [
      layout.columns.map(({ title }) => csvField(title)),
      ...lines.map((line) => layout.columns.map(({ value }) => csvField(fill(value, line, String)))),
    ]
    return rows.map((row) => `${row.join(',')}\r\n`).join('')
  }
  const head = layout.head === undefined || lines.length === 0 ? '' : `${fill(layout.head.trimEnd(), lines[0]!, oneLine)}\n`
  return head + lines.map(
    (line) => `${fill(layout.statements[line.type ?? ''] ?? layout.statement, line, sqlText).trim()}\n`,
  ).join('')
}

/** Beside statements there are comments only: a value must not end the line of one. */
const oneLine = (value: string): string => value.replace(/\p{Cc}+/gu, ' ')
