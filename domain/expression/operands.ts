/** The operands of the rule language: literals, parameters, columns, functions, parentheses. */
import { Cursor, type Value } from './cursor.ts'
import { FUNCTIONS } from './functions.ts'
import { isDay, literal, quote } from './literals.ts'
import type { Token } from './tokens.ts'
import { type Names, isNumeric } from './types.ts'

const KEYWORDS = new Set(['and', 'or', 'not', 'is', 'null', 'in', 'between', 'true', 'false'])

export abstract class Operands extends Cursor {
  /** The columns that the expression reads. */
  readonly columns = new Set<string>()
  protected readonly names: Names
  constructor(tokens: readonly Token[], names: Names) {
    super(tokens)
    this.names = names
  }

  /** A whole expression, as it stands in parentheses and argument lists. */
  protected abstract or(): Value

  protected primary(): Value {
    const token = this.peek()
    this.index += 1
    switch (token.kind) {
      case 'number': return Number(token.text) === 0 ? { type: 'zero', sql: '0' } : { type: 'number', sql: token.text }
      case 'text': return { type: 'text', sql: quote(token.text), constant: token.text }
      case 'parameter': return this.parameter(token)
      case 'word': return this.word(token)
      case 'sign':
        if (token.text === '(') return this.parenthesis()
        if (token.text === '-') return this.negative()
        throw this.wrong(`unexpected ${token.text}`, token)
      default: throw this.wrong('the expression ends too early', token)
    }
  }

  private parenthesis(): Value {
    const value = this.nested(() => this.or())
    this.need('sign', ')')
    return { ...value, sql: `(${value.sql})` }
  }

  private negative(): Value {
    const value = this.nested(() => this.primary())
    if (!isNumeric(value.type)) throw this.wrong(`can not take - ${value.type}`)
    return { type: value.type, sql: `(- ${value.sql})` }
  }

  private parameter(token: Token): Value {
    const parameter = this.names.parameters.get(token.text)
    if (!parameter) throw this.wrong(`no parameter :${token.text}`, token)
    return { type: parameter.type, sql: literal(parameter), ...(parameter.type === 'text' ? { constant: parameter.value } : {}) }
  }

  private word(token: Token): Value {
    if (token.text === 'true' || token.text === 'false') return { type: 'boolean', sql: token.text }
    if (this.take('sign', '(')) return this.call(token)
    const column = this.names.columns.get(token.text)
    if (!column || KEYWORDS.has(token.text)) throw this.wrong(`no column ${token.text}`, token)
    this.columns.add(token.text)
    return { type: column.type, sql: column.sql }
  }

  private call(token: Token): Value {
    if (KEYWORDS.has(token.text)) throw this.wrong(`unexpected ${token.text}`, token)
    const values = this.nested(() => this.list())
    if (token.text === 'in_class') return this.classOf(token, values)
    if (token.text === 'date') {
      const day = values.length === 1 ? values[0]!.constant : undefined
      if (day === undefined || !isDay(day)) throw this.wrong("date takes one day, such as date('2025-12-31')", token)
      return { type: 'date', sql: `${quote(day)}::date` }
    }
    const give = FUNCTIONS.get(token.text)
    if (!give) throw this.wrong(`no function ${token.text}`, token)
    const result = give(values, this.names.wide)
    if (typeof result === 'string') throw this.wrong(`${token.text} ${result}`, token)
    return result
  }

  /** `in_class('vehicle')`: whether the card's class belongs to that group, or to one of several; never unknown. */
  private classOf(token: Token, values: readonly Value[]): Value {
    const tests = values.map(({ constant }) => (constant === undefined ? undefined : this.names.classes.get(constant)))
    if (tests.length === 0 || tests.includes(undefined)) throw this.wrong('in_class takes names of `classes`', token)
    return { type: 'boolean', sql: tests.length === 1 ? tests[0]! : `(${tests.join(' or ')})` }
  }

  protected list(): Value[] {
    const items: Value[] = []
    if (this.take('sign', ')')) return items
    do { items.push(this.or()) } while (this.take('sign', ','))
    this.need('sign', ')')
    return items
  }
}
