/** A place in the tokens of an expression: what every part of the parser stands on. */
import { ExpressionError, type Token } from './tokens.ts'
import { type ValueType, comparable } from './types.ts'

/**
 * A parsed part: its type and its SQL; `constant` is the value of a text that is known at load, `parts` those of an `and` chain.
 */
export interface Value { type: ValueType; sql: string; constant?: string; parts?: readonly string[] }

/** Deep nesting is refused, so that a hostile file can not exhaust the stack. */
const DEPTH_MAX = 40

export class Cursor {
  protected index = 0
  private depth = 0
  private readonly tokens: readonly Token[]
  constructor(tokens: readonly Token[]) { this.tokens = tokens }

  protected nested<T>(parse: () => T): T {
    this.depth += 1
    if (this.depth > DEPTH_MAX) throw this.wrong('nested too deeply')
    const value = parse()
    this.depth -= 1
    return value
  }

  protected match(left: Value, right: Value): void {
    if (!comparable(left.type, right.type)) throw this.wrong(`can not compare ${left.type} with ${right.type}`)
  }

  protected expect(value: Value, type: ValueType): void {
    if (value.type !== type) throw this.wrong(`needs a ${type}, not a ${value.type}`)
  }

  protected peek(): Token { return this.tokens[this.index]! }

  /** Whether `not in` or `not between` follows. */
  protected peekNegated(): boolean {
    const [not, next] = [this.peek(), this.tokens[this.index + 1]]
    return not.kind === 'word' && not.text === 'not' && next?.kind === 'word' && ['in', 'between'].includes(next.text)
  }

  protected take(kind: Token['kind'], text: string): boolean {
    const token = this.peek()
    if (token.kind !== kind || token.text !== text) return false
    this.index += 1
    return true
  }

  protected takeOne(signs: readonly string[]): string | undefined {
    return signs.find((sign) => this.take('sign', sign))
  }

  protected need(kind: Token['kind'], text: string): void {
    if (!this.take(kind, text)) throw this.wrong(`expected ${text}`)
  }

  protected wrong(message: string, token = this.peek()): ExpressionError {
    return new ExpressionError(message, token.at)
  }
}
