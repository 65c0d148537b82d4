/** SQL of what the rules say: messages with the values of the card in them. */
import { compile } from '../domain/expression/compile.ts'
import { quote } from '../domain/expression/literals.ts'
import type { Names, ParameterValue } from '../domain/expression/types.ts'
import type { InputConfig } from './schemas/input.ts'

/** The Chinese word of each value of the columns that hold words, as in use_status: in-use → 在用. */
export type CardWords = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Those of assets.csv, by config/input.yaml; last year's card (`last_…`) has the same. */
export function cardWords({ files }: InputConfig): CardWords {
  return new Map(Object.entries(files.assets.columns).flatMap(([name, { values }]) => {
    const words = new Map(Object.entries(values ?? {})
      .flatMap(([value, [word]]) => (word === undefined ? [] : [[value, word] as const])))
    return words.size > 0 ? [[name, words] as const, [`last_${name}`, words] as const] : []
  }))
}

/** SQL of a message: its words as literals, each `{column}` or `{parameter}` by its value, or by the word for it. */
export function messageSql(template: string, names: Names, empty: string, words: CardWords = new Map()): string {
  const parts = template.split(/(\{[a-z_]+\})/).filter((part) => part !== '').map((part) => {
    const name = /^\{([a-z_]+)\}$/.exec(part)?.[1]
    if (name === undefined) return `'${part.replaceAll("'", "''")}'`
    const { type, sql } = compile(names.columns.has(name) ? name : `:${name}`, names)
    const own = names.columns.has(name) ? words.get(name) : undefined
    const whens = own && [...own].map(([value, word]) => `when ${quote(value)} then ${quote(word)}`).join(' ')
    const text = whens ? `case ${sql} ${whens} else ${sql} end` : textSql(sql, type)
    return `coalesce(${text}, '${empty}')`
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
