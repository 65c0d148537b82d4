/** SQL of what the rules say: messages with the values of the card in them. */
import { compile } from '../domain/expression/compile.ts'
import type { Names, ParameterValue } from '../domain/expression/types.ts'

/** SQL of a message: its words as literals, each `{column}` or `{parameter}` by its value. */
export function messageSql(template: string, names: Names, empty: string): string {
  const parts = template.split(/(\{[a-z_]+\})/).filter((part) => part !== '').map((part) => {
    const name = /^\{([a-z_]+)\}$/.exec(part)?.[1]
    if (name === undefined) return `'${part.replaceAll("'", "''")}'`
    const { type, sql } = compile(names.columns.has(name) ? name : `:${name}`, names)
    return `coalesce(${textSql(sql, type)}, '${empty}')`
  })
  return parts.join(' || ')
}

/** A value as people read it: yuan, days, plain numbers. */
export function textSql(sql: string, type: ParameterValue['type'] | 'zero'): string {
  if (type === 'money') return `round((${sql})::numeric / 100, 2)::text`
  if (type === 'texts') return `array_to_string(${sql}, ', ')`
  if (type === 'date') return `to_char(${sql}, 'YYYY-MM-DD')`
  if (type === 'number') return `trim_scale((${sql})::numeric)::text`
  return `(${sql})::text`
}
