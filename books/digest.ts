/** SHA-256 over text, and over canonical JSON: every digest of Nianjie is one of these two. */
import { createHash } from 'node:crypto'
import { canonicalJson, type Plain } from '../domain/canonical.ts'

/** Lower-case hex SHA-256 of UTF-8 text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** Digest of a plain value: keys in any order give the same digest. */
export function digestOf(value: Plain): string {
  return sha256(canonicalJson(value))
}
