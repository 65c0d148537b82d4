/** What a list of problems leaves out. */
import type { CliContext } from './context.ts'

/** Nothing is said of none. */
export function printUnlisted({ print, t }: CliContext, more: number): void {
  if (more <= 0) return
  print(t({
    zh: `……另有 ${more} 处未列出（上限见 config/input.yaml）`, en: `… and ${more} more that are not listed (limit in config/input.yaml)`,
  }))
}
