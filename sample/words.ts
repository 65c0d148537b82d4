/** The Chinese titles and words that an office's own export has, as config/input.yaml knows them. */
import type { Config } from '../config/load.ts'
import type { Dimension } from '../domain/dimensions.ts'
import type { InputFile } from '../domain/steps.ts'
import type { Words } from './tables.ts'

/** The first title of each column and the first word of each value. */
export function chineseWords(input: Config['input']): Words {
  const ruleOf = (file: InputFile, column: string) => input.files[file].columns[column] ?? input.dimensions[column as Dimension]
  return {
    title: (file, column) => ruleOf(file, column).titles[0]!,
    value: (file, column, value) => {
      const rule = ruleOf(file, column)
      if (rule.type === 'flag') {
        return input.flags[value === '1' ? 'true' : 'false'].find((word) => /\p{Script=Han}/u.test(word)) ?? value
      }
      return rule.type === 'enum' ? rule.values?.[value]?.[0] ?? value : value
    },
  }
}
