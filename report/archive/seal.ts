/** Who archived a year: the signature over the checksum file. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { signatureHolds } from '../../books/signatures.ts'
import type { ActorsConfig } from '../../config/schemas/people.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import { sha256Of } from './folder.ts'
import { type ArchiveIndex, SEAL, SUMS } from './model.ts'
import type { Say } from './verify.ts'

/** What SHA256SUMS.sig holds: `payload` is the canonical JSON that was signed. */
const sealSchema = z.strictObject({ actor: z.string(), payload: z.string(), signature: z.string() })

type Sealed = Pick<ArchiveIndex, 'year' | 'asOf'>

/** The same archive sealed by the same person is the same bytes: it has no time of its own. @param sums SHA-256 of the checksum file */
const payloadOf = (actor: string, { year, asOf }: Sealed, sums: string): string => canonicalJson({ actor, archive: year, asOf, sums })

/** The content of the file. */
export function sealText({ actor, sign }: { actor: string; sign(payload: string): string }, index: Sealed, sums: string): string {
  const payload = payloadOf(actor, index, sums)
  return `${JSON.stringify({ actor, payload, signature: sign(payload) } satisfies z.output<typeof sealSchema>, null, 1)}\n`
}

/** @returns who sealed it; null for nobody, or when the seal does not hold */
export async function checkSeal(
  folder: string, { index, found, actors }: { index: ArchiveIndex; found: ReadonlySet<string>; actors: ActorsConfig | null }, say: Say,
): Promise<string | null> {
  if (!found.has(SEAL) || !found.has(SUMS)) return null
  const parsed = sealSchema.safeParse(await jsonIn(join(folder, SEAL)))
  if (!parsed.success) {
    say(SEAL, 'unreadable', '归档签名无法读取', 'the seal can not be read')
    return null
  }
  const { actor, payload, signature } = parsed.data
  const key = actors?.actors.find(({ name }) => name === actor)?.public_key ?? ''
  const holds = payload === payloadOf(actor, index, await sha256Of(join(folder, SUMS))) && signatureHolds(key, payload, signature)
  if (!holds) say(SEAL, 'signature', `${actor} 的归档签名不成立：校验和不是其所签的`, `the seal of ${actor} does not hold: these are not the checksums that were signed`)
  return holds ? actor : null
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}
