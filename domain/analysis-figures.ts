/** Figures in an analysis text that speak of a cell of the tables. Pure. */

/** A pattern with the groups `value` and, where the text may say it, `unit`; what it finds is a figure of `cell`. */
export interface AnalysisPattern { pattern: string; cell: string }

export interface TextFigure {
  line: number
  cell: string
  /** As the text has it, such as `1,234.5万元`. */
  said: string
  /** Whether the table's figure (plain decimal text, yuan or pieces) rounds to what the text says. */
  equals(value: string): boolean
}

/** How many of the table's units one unit of the text is. Words that are missing here count as one. */
const UNITS: Readonly<Record<string, bigint>> = {
  万元: 10_000n, 万: 10_000n, 亿元: 100_000_000n, 亿: 100_000_000n, 千元: 1_000n, 万平方米: 10_000n,
}

/** `1,234.5万元〔Z01/total/closing〕`: a figure that its author has marked with its cell, in round or square brackets of any kind. */
const MARKED = /(?<value>[+-]?\d[\d,]*(?:\.\d+)?)\s*(?<unit>万元|亿元|千元|万|亿|[^\d\s\p{P}〔[]{1,4})?\s*[〔[［【](?<cell>[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+)[〕\]］】]/gu

/** Every figure that is marked with its cell, or that one of the patterns finds, in the order of the text. */
export function readFigures(
  lines: readonly { line: number; text: string }[], patterns: readonly AnalysisPattern[],
): TextFigure[] {
  const found = lines.flatMap(({ line, text }) => {
    const marked = [...text.matchAll(MARKED)].map((match) => figure(line, match.groups!.cell!, match))
    const matched = patterns.flatMap(({ pattern, cell }) => [...text.matchAll(new RegExp(pattern, 'gu'))].map((match) => figure(
      line, cell, match,
    )))
    return [...marked, ...matched]
  })
  return found.filter((one) => one !== null)
}

function figure(line: number, cell: string, match: RegExpExecArray): TextFigure | null {
  const { value, unit = '' } = match.groups ?? {}
  if (value === undefined || !/^[+-]?\d[\d,]*(\.\d+)?$/.test(value)) return null
  const plain = value.replaceAll(',', '').replace(/^\+/, '')
  const decimals = plain.split('.')[1]?.length ?? 0
  const factor = UNITS[unit] ?? 1n
  return { line, cell, said: `${value}${unit}`, equals: (table) => rounded(table, factor, decimals) === scaled(plain, decimals) }
}

/** A decimal text as a whole number of its last place. */
function scaled(text: string, decimals: number): bigint {
  const negative = text.startsWith('-')
  const [whole, part = ''] = text.replace('-', '').split('.')
  const all = BigInt(whole! + part.padEnd(decimals, '0').slice(0, decimals))
  return negative ? -all : all
}

/** The table's figure in the text's unit, half up (away from zero) to as many places as the text has. */
function rounded(table: string, factor: bigint, decimals: number): bigint {
  const places = table.split('.')[1]?.length ?? 0
  const exact = scaled(table, places)
  const [up, down] = [10n ** BigInt(decimals), factor * 10n ** BigInt(places)]
  const magnitude = ((exact < 0n ? -exact : exact) * up * 2n + down) / (2n * down)
  return exact < 0n ? -magnitude : magnitude
}
