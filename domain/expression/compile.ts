/**
 * Checks an expression of a rule file and gives its SQL. Nothing of the source reaches the statement: columns come from a
 * list, functions from a list, values as quoted literals. What is not in the language is refused with its place.
 *
 *   or · and · not · = <> < <= > >= · is [not] null · [not] in (…) · [not] between … and … · ~ pattern · + - * /
 */
import { added, multiplied } from './arithmetic.ts'
import type { Value } from './cursor.ts'
import { patternProblem } from './literals.ts'
import { Operands } from './operands.ts'
import { ExpressionError, tokenize } from './tokens.ts'
import type { Compiled, Names } from './types.ts'

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>=']

/** @throws ExpressionError naming the character and the reason */
export function compile(source: string, names: Names): Compiled {
  const parser = new Parser(tokenize(source), names)
  const value = parser.whole()
  return { type: value.type, sql: value.sql, columns: parser.columns, parts: value.parts ?? [value.sql] }
}

/** A condition: an expression that is true or false. @throws ExpressionError */
export function compileCondition(source: string, names: Names): Compiled {
  const compiled = compile(source, names)
  if (compiled.type !== 'boolean') throw new ExpressionError(`is a ${compiled.type}, not a condition`, 1)
  return compiled
}

class Parser extends Operands {
  whole(): Value {
    const value = this.or()
    if (this.peek().kind !== 'end') throw this.wrong(`unexpected ${this.peek().text}`)
    return value
  }

  protected or(): Value { return this.chain('or', () => this.and()) }
  private and(): Value { return this.chain('and', () => this.not()) }

  private chain(word: string, next: () => Value): Value {
    const parts = [next()]
    while (this.take('word', word)) parts.push(next())
    if (parts.length === 1) return parts[0]!
    for (const part of parts) this.expect(part, 'boolean')
    const sql = parts.map((part) => part.sql)
    return { type: 'boolean', sql: `(${sql.join(` ${word} `)})`, ...(word === 'and' ? { parts: sql } : {}) }
  }

  private not(): Value {
    if (!this.take('word', 'not')) return this.comparison()
    const value = this.nested(() => this.not())
    this.expect(value, 'boolean')
    return { type: 'boolean', sql: `(not ${value.sql})` }
  }

  private comparison(): Value {
    const left = this.sum()
    const token = this.peek()
    if (token.kind === 'sign' && COMPARISONS.includes(token.text)) {
      this.index += 1
      const right = this.sum()
      this.match(left, right)
      return { type: 'boolean', sql: `(${left.sql} ${token.text} ${right.sql})` }
    }
    if (this.take('sign', '~')) return this.pattern(left)
    if (this.take('word', 'is')) {
      const not = this.take('word', 'not') ? ' not' : ''
      this.need('word', 'null')
      return { type: 'boolean', sql: `(${left.sql} is${not} null)` }
    }
    const negated = this.peekNegated() && this.take('word', 'not')
    if (this.take('word', 'in')) return this.membership(left, negated)
    if (this.take('word', 'between')) return this.range(left, negated)
    return left
  }

  private pattern(left: Value): Value {
    this.expect(left, 'text')
    const right = this.primary()
    if (right.type !== 'text' || right.constant === undefined) throw this.wrong('~ needs a pattern: a text or a parameter')
    const problem = patternProblem(right.constant)
    if (problem) throw this.wrong(problem)
    return { type: 'boolean', sql: `(${left.sql} ~ ${right.sql})` }
  }

  private membership(left: Value, negated: boolean): Value {
    const parameter = this.peek().kind === 'parameter' ? this.primary() : undefined
    if (parameter) {
      if (parameter.type !== 'texts') throw this.wrong('in needs a list')
      this.expect(left, 'text')
      return {
        type: 'boolean', sql: negated ? `(${left.sql} <> all (${parameter.sql}))` : `(${left.sql} = any (${parameter.sql}))`,
      }
    }
    this.need('sign', '(')
    const items = this.list()
    for (const item of items) this.match(left, item)
    return { type: 'boolean', sql: `(${left.sql} ${negated ? 'not ' : ''}in (${items.map(({ sql }) => sql).join(', ')}))` }
  }

  private range(left: Value, negated: boolean): Value {
    const low = this.sum()
    this.need('word', 'and')
    const high = this.sum()
    this.match(left, low)
    this.match(left, high)
    return { type: 'boolean', sql: `(${left.sql} ${negated ? 'not ' : ''}between ${low.sql} and ${high.sql})` }
  }

  private sum(): Value {
    let value = this.product()
    for (;;) {
      const sign = this.takeOne(['+', '-'])
      if (!sign) return value
      value = this.worked(added(value, sign, this.product(), this.names.wide))
    }
  }

  private product(): Value {
    let value = this.primary()
    for (;;) {
      const sign = this.takeOne(['*', '/'])
      if (!sign) return value
      value = this.worked(multiplied(value, sign, this.primary(), this.names.wide))
    }
  }

  private worked(result: Value | string): Value {
    if (typeof result === 'string') throw this.wrong(result)
    return result
  }
}
