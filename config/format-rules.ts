/** What a layout needs besides itself: its reconciliation must compare rows of statements. */
import type { FormatConfig } from './schemas/format.ts'
import type { ReconciliationsConfig } from './schemas/reconciliations.ts'

/** One sentence for each layout whose rows nothing would read. Called when the configuration is loaded. */
export function checkFormats(
  { formats, reconciliations: { reconciliations } }: {
    formats: Readonly<Record<string, FormatConfig>>; reconciliations: ReconciliationsConfig
  },
): string[] {
  return Object.entries(formats).flatMap(([name, { reconciliation }]) => {
    const one = reconciliations[reconciliation]
    // An office that leaves one of the built-in numbers out keeps the built-in layouts for it.
    if (!one && /^R([1-9]|1\d|2[0-2])$/.test(reconciliation)) return []
    if (one?.method === 'lines' || (one?.method === 'keyed' && one.b.of === 'statement')) return []
    return [
      `formats/${name}.yaml: reconciliation: ${one ? 'does not read statements' : 'is not declared in reconciliations.yaml'} (${reconciliation})`,
    ]
  })
}
