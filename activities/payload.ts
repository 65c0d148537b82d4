/** The text that a person signed, read back. */
import { type Plain, canonicalJson } from '../domain/canonical.ts'

/** What was said, or why the text is none of ours. */
export type Payload<Said> = { said: Said; malformed?: undefined } | { malformed: string; said?: undefined }

/**
 * Reads a signed text. Only the canonical form counts, so that one word has one text and one signature.
 * @param problemOf what is wrong with the parsed value; null when it is a `Said`
 */
export function readPayload<Said>(text: string, problemOf: (value: unknown) => string | null): Payload<Said> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { malformed: 'the payload is not JSON' }
  }
  const problem = problemOf(value)
  if (problem) return { malformed: problem }
  return canonicalJson(value as Plain) === text ? { said: value as Said } : { malformed: 'the payload is not in canonical form' }
}
