/** The configuration that runs were pinned to, without what is secret in it. */
import type { Plain } from '../../domain/canonical.ts'

/**
 * `withheld`: paths whose values were shortened. Without any, the digest of the canonical JSON of `content` is the pack's own.
 */
export interface ArchivedRules { digest: string; withheld: readonly string[]; content: Plain }

/** Addresses of webhooks and mail servers may hold tokens and passwords: what is left of them is where they are. */
export function archivedRules(digest: string, stored: Readonly<Record<string, unknown>>): ArchivedRules {
  const content = structuredClone(stored) as {
    escalation?: { delivery?: { webhooks?: { url: string }[]; smtp?: { url: string } | null } }
  }
  const withheld: string[] = []
  const shorten = (of: { url: string }, path: string) => {
    const short = placeOf(of.url)
    if (short === of.url) return
    withheld.push(path)
    of.url = short
  }
  const { webhooks = [], smtp } = content.escalation?.delivery ?? {}
  for (const [index, hook] of webhooks.entries()) shorten(hook, `escalation.delivery.webhooks.${index}.url`)
  if (smtp) shorten(smtp, 'escalation.delivery.smtp.url')
  return { digest, withheld, content: content as unknown as Plain }
}

function placeOf(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return ''
  }
}
