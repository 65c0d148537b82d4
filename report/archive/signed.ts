/**
 * The signed words of an archive: each that was accepted carries a signature that holds for exactly what was signed, says what
 * its row says, and stands in the audit chain; and no accepted decision that the chain speaks of is missing.
 */
import type { Signed } from '../../books/archive/copy.ts'
import { signatureHolds } from '../../books/signatures.ts'
import type { ActorsConfig } from '../../config/schemas/people.ts'
import { canonicalJson } from '../../domain/canonical.ts'
import type { ChainRecords } from './chains.ts'
import { type Row, rowsOf, textIn } from './lines.ts'
import type { ArchiveIndex, ArchivedFile } from './model.ts'
import type { Say } from './verify.ts'

interface Court { index: ArchiveIndex; found: ReadonlySet<string>; actors: ActorsConfig | null; records: ChainRecords }

/** The field of the payload that is the word's own id; statements sign their file instead. */
const ID_FIELD: Record<Exclude<Signed, 'statements'>, string> = {
  decisions: 'decisionId', defaults: 'defaultId', corrections: 'batchId', problems: 'wordId', service: 'wordId',
}

/** @returns how many signatures hold */
export async function checkSigned(folder: string, { index, found, actors, records }: Court, say: Say): Promise<number> {
  const keys = new Map((actors?.actors ?? []).map((actor) => [actor.name, actor.public_key]))
  const missing = new Set(records.accepted)
  let hold = 0
  // Defaults first: a decision that one of them made carries its signature.
  const files = index.files.filter((file) => file.signed && found.has(file.path))
    .toSorted((a, b) => Number(b.signed === 'defaults') - Number(a.signed === 'defaults'))
  const defaults = new Map<string, string>()
  for (const file of files) {
    for await (const { row } of rowsOf(folder, file.path, say)) {
      if (file.signed === 'defaults') defaults.set(textIn(row, 'id'), textIn(row, 'payload'))
      if (file.signed === 'decisions') missing.delete(`${String(row.run)}/${textIn(row, 'id')}`)
      const wrong = counts(file, row)
        ? wrongIn(file.signed!, row, keys, defaults) ?? unrecorded(file.signed!, row, records)
        : null
      if (wrong) say(file.path, wrong.fault, `${idOf(row)}：${wrong.zh}`, `${idOf(row)}: ${wrong.en}`)
      else if (counts(file, row)) hold += 1
    }
  }
  for (const subject of [...missing].toSorted()) {
    say('', 'record', `审计链中已接受的决定 ${subject} 不在档案中`, `the audit chain has the accepted decision ${subject}, the archive has not`)
  }
  return hold
}

const idOf = (row: Row): string => (typeof row.id === 'number' ? String(row.id) : textIn(row, 'id'))

/** A refused word counts for nothing, whatever its signature; a file may have been loaded by nobody in particular. */
const counts = ({ signed }: ArchivedFile, row: Row): boolean =>
  (signed === 'statements' ? typeof row.signature === 'string' : row.accepted === true)

type Wrong = { fault: 'signature' | 'record'; zh: string; en: string }

function wrongIn(
  signed: Signed, row: Row, keys: ReadonlyMap<string, string>, defaults: ReadonlyMap<string, string>,
): Wrong | null {
  const actor = textIn(row, 'actor')
  const key = keys.get(actor)
  if (!key) {
    return {
      fault: 'signature', zh: `没有 ${actor} 的公钥，签名无法核对`,
      en: `there is no public key of ${actor}: the signature can not be checked`,
    }
  }
  const said = payloadOf(signed, row)
  const standing = signed === 'decisions' ? textIn(objectOf(said), 'standing') : ''
  const payload = standing === '' ? said : defaults.get(standing)
  if (payload === undefined) {
    return { fault: 'record', zh: `没有其所依据的默认处置 ${standing}`, en: `the default ${standing} that it rests on is missing` }
  }
  if (!signatureHolds(key, payload, textIn(row, 'signature'))) {
    return { fault: 'signature', zh: `${actor} 的签名不成立`, en: `the signature of ${actor} does not hold` }
  }
  if (signed === 'statements') return null
  const word = objectOf(said)
  const same = word[ID_FIELD[signed]] === row.id && (word.actor === undefined || word.actor === actor)
    && (signed !== 'decisions' || (word.runId === row.run && word.kind === row.kind))
  return same ? null : { fault: 'record', zh: '内容与签名的不是一回事', en: 'the row is not what was signed' }
}

/** Decisions and words on problems, defaults and records all stand in the chain. */
function unrecorded(signed: Signed, row: Row, { accepted, words }: ChainRecords): Wrong | null {
  if (signed === 'corrections' || signed === 'statements') return null
  const known = signed === 'decisions' ? accepted.has(`${String(row.run)}/${textIn(row, 'id')}`) : words.has(textIn(row, 'id'))
  return known ? null : { fault: 'record', zh: '审计链中没有这一记录', en: 'the audit chain does not have it' }
}

/** What was signed: the payload, or of a statement file its name, layout and digest (books/statements/load.ts). */
function payloadOf(signed: Signed, row: Row): string {
  if (signed !== 'statements') return textIn(row, 'payload')
  return canonicalJson({
    load: textIn(row, 'name'), district: textIn(row, 'district'), year: Number(row.year), format: textIn(row, 'format'),
    sha256: textIn(row, 'sha256'),
  })
}

function objectOf(json: string): Row {
  try {
    return JSON.parse(json) as Row
  } catch {
    return {}
  }
}
