/** Words of the rule language: a small, typed part of SQL's expressions. Pure. */

/** A condition that can not be used; `at` is the character (from 1) where it goes wrong. */
export class ExpressionError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(`character ${at}: ${message}`)
    this.name = 'ExpressionError'
    this.at = at
  }
}

export type TokenKind = 'word' | 'parameter' | 'number' | 'text' | 'sign' | 'end'
export interface Token { kind: TokenKind; text: string; at: number }

const PATTERN = new RegExp([
  '(?<space>\\s+)',
  '(?<number>\\d+(?:\\.\\d+)?)',
  '(?<text>\'(?:[^\']|\'\')*\')',
  '(?<parameter>:[a-z][a-z0-9_]*)',
  '(?<word>[A-Za-z_][A-Za-z0-9_]*)',
  '(?<sign><=|>=|<>|[<>=+\\-*/(),~])',
].join('|'), 'y')

/** How long a condition may be: a rule is a sentence, not a program. */
const LENGTH_MAX = 2000

/**
 * Cuts an expression into tokens. Words come in lower case; texts without their quotes.
 * @throws ExpressionError at the first character that is no part of the language
 */
export function tokenize(source: string): Token[] {
  if (source.length > LENGTH_MAX) throw new ExpressionError(`longer than ${LENGTH_MAX} characters`, LENGTH_MAX)
  const tokens: Token[] = []
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < source.length) {
    const at = PATTERN.lastIndex + 1
    const match = PATTERN.exec(source)
    if (!match) throw new ExpressionError(`not part of the rule language: ${JSON.stringify(source[at - 1])}`, at)
    const [kind, text] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!
    if (kind !== 'space') tokens.push(token(kind as TokenKind, text, at))
  }
  tokens.push({ kind: 'end', text: '', at: source.length + 1 })
  return tokens
}

function token(kind: TokenKind, text: string, at: number): Token {
  switch (kind) {
    case 'text': {
      const value = text.slice(1, -1).replaceAll("''", "'")
      if (value.includes('\0')) throw new ExpressionError('a text can not hold NUL', at)
      return { kind, text: value, at }
    }
    case 'parameter': return { kind, text: text.slice(1), at }
    case 'word': return { kind, text: text.toLowerCase(), at }
    default: return { kind, text, at }
  }
}
