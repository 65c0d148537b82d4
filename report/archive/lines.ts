/** Files of the archive with one JSON object on each line, read as a stream. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Say } from './verify.ts'

export type Row = Readonly<Record<string, unknown>>

/** The objects with their line numbers; a line that is none is named and left out. */
export async function* rowsOf(folder: string, path: string, say: Say): AsyncGenerator<{ row: Row; number: number }> {
  let number = 0
  for await (const line of linesOf(createReadStream(join(folder, path), 'utf8'))) {
    number += 1
    const row = objectIn(line)
    if (row) yield { row, number }
    else say(path, 'unreadable', `第 ${number} 行无法读取`, `line ${number} can not be read`)
  }
}

/** Lines end with `\n` alone: node:readline would also break at U+2028, which a text may have in it. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    yield* lines
  }
  if (rest !== '') yield rest
}

function objectIn(line: string): Row | null {
  try {
    const value = JSON.parse(line) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Row : null
  } catch {
    return null
  }
}

/** The text in a field; '' for anything else. */
export const textIn = (row: Row, name: string): string => (typeof row[name] === 'string' ? row[name] : '')
