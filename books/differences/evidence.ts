/** Evidence 佐证材料: files that prove an explanation, kept by their content. */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { EvidenceRef } from '../../domain/differences.ts'
import type { Database } from '../tables.ts'

/**
 * Keeps a file, once for each content. It counts for nothing until a signed word names it.
 * @param name the file's own name, without any folder
 */
export async function storeEvidence(
  db: Kysely<Database>, { name, content, by }: { name: string; content: Buffer; by: string },
): Promise<EvidenceRef> {
  const sha256 = createHash('sha256').update(content).digest('hex')
  await db.insertInto('evidence_files').values({ sha256, size: content.length, content, stored_by: by })
    .onConflict((conflict) => conflict.column('sha256').doNothing()).execute()
  return { name, sha256, size: content.length }
}

/** Sizes of those of the files that are kept, by SHA-256. The database checks that content, size and digest fit. */
export async function keptEvidence(db: Kysely<Database>, digests: readonly string[]): Promise<Map<string, number>> {
  if (digests.length === 0) return new Map()
  const rows = await db.selectFrom('evidence_files').select(['sha256', 'size']).where('sha256', 'in', [...digests]).execute()
  return new Map(rows.map((row) => [row.sha256, row.size]))
}

/** The content of a file; null when none of that digest is kept. */
export async function readEvidenceFile(db: Kysely<Database>, sha256: string): Promise<Buffer | null> {
  const row = await db.selectFrom('evidence_files').select('content').where('sha256', '=', sha256).executeTakeFirst()
  return row?.content ?? null
}
