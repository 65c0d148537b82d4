/** Applies what a person brought back: a new version of the cards, of the input, and the record of who, when and why. */
import type pg from 'pg'
import { canonicalJson, type Plain } from '../../domain/canonical.ts'
import { digestOf } from '../digest.ts'
import { contentDigest } from '../import/content.ts'
import { tableNames } from '../import/session.ts'
import { writeFields } from './overlay.ts'
import type { DistrictPlan, PlannedCorrection } from './plan.ts'

/** A signed word on corrections and explanations. */
export interface SignedBatch { batchId: string; actor: string; payload: string; signature: string }

/** The words of a batch, as they are signed. */
export function batchPayload(
  plan: DistrictPlan,
  batch: { batchId: string; actor: string; signedAt: string; files: readonly { name: string; sha256: string }[] },
): string {
  return canonicalJson({
    kind: 'asset-corrections', district: plan.district, year: plan.year, batchId: batch.batchId, actor: batch.actor,
    signedAt: batch.signedAt,
    files: batch.files.map(({ name, sha256 }) => ({ name, sha256 })),
    corrections: plan.corrections.map(({ answer, card, field, old, value, reason }) => ({
      assetNo: card.values.asset_no ?? null, cardNo: card.values.card_no ?? null, unit: card.values.unit ?? null, line: card.line,
      field, old, new: value,
      finding: answer.code.finding, reason,
    })),
    explanations: plan.explanations.map(({ finding, comment }) => ({ finding, comment })),
  })
}

/** Holds the input of these scopes, in one order: a step that reads it is waited for, and later ones wait. */
export async function lockScopes(client: pg.PoolClient, scopeIds: readonly number[]): Promise<void> {
  await client.query('select from scopes where scope_id = any($1::int[]) order by scope_id for no key update', [[...scopeIds]])
}

/**
 * Writes a district's batch in the client's transaction, whose scopes are locked. Without corrections the input stays as it is.
 * The link of the audit chain comes apart ({@link auditBatch}): whoever holds the chain must not wait for anybody.
 */
export async function applyBatch(client: pg.PoolClient, plan: DistrictPlan, batch: SignedBatch): Promise<{ version: number }> {
  const { scopeId, corrections } = plan
  const { rows: [input] } = await client.query<{ version: number }>(
    'select max(version) as version from input_versions where scope_id = $1', [scopeId],
  )
  const version = input!.version + (corrections.length > 0 ? 1 : 0)
  await client.query('insert into asset_batches (batch_id, scope_id, actor, payload, signature, input_version) values ($1, $2, $3, $4, $5, $6)',
    [batch.batchId, scopeId, batch.actor, batch.payload, batch.signature, version])
  await recordAnswers(client, plan, batch)
  if (corrections.length > 0) {
    await recordCorrections(client, plan, batch, version)
    await writeFields(
      client, 'assets', scopeId, corrections.map(({ card, field, value }) => ({ rowId: card.rowId, field, value })),
    )
    await storeVersion(client, plan, version)
  }
  return { version }
}

async function recordAnswers(
  client: pg.PoolClient, { corrections, explanations, answers }: DistrictPlan, { batchId }: SignedBatch,
): Promise<void> {
  const rows = new Map<string, {
    unit: string; round: number; finding_id: string; rule: string; corrections: number; explanation: string | null
  }>()
  const answerTo = (finding: string) => {
    const { code } = answers.find((answer) => answer.code.finding === finding)!
    const row = rows.get(finding)
      ?? { unit: code.unit, round: code.round, finding_id: finding, rule: code.rule, corrections: 0, explanation: null }
    rows.set(finding, row)
    return row
  }
  for (const { answer } of corrections) answerTo(answer.code.finding).corrections += 1
  for (const { finding, comment } of explanations) answerTo(finding).explanation = comment
  await client.query(`insert into asset_answers (batch_id, unit, round, finding_id, rule, corrections, explanation)
    select $1, a.unit, a.round, a.finding_id, a.rule, a.corrections, a.explanation
    from jsonb_to_recordset($2::jsonb) as a(unit text, round int, finding_id text, rule text, corrections int, explanation text)`,
  [batchId, JSON.stringify([...rows.values()])])
}

/** A new version of each card; a correction of the same field that held until now ends. */
async function recordCorrections(
  client: pg.PoolClient, { scopeId, corrections }: DistrictPlan, { batchId }: SignedBatch, version: number,
): Promise<void> {
  const cards = new Map(corrections.map(({ card }) => [card.rowId, card]))
  const { rows: known } = await client.query<{ row_id: number }>('select row_id from asset_cards where scope_id = $1 and row_id = any($2::int[])', [
    scopeId, [...cards.keys()],
  ])
  const fresh = [...cards.values()].filter(({ rowId }) => !known.some((one) => one.row_id === rowId))
  await client.query(`insert into asset_cards (scope_id, row_id, asset_no, card_no, unit, imported)
    select $1, c.row_id, c.imported ->> 'asset_no', c.imported ->> 'card_no', c.imported ->> 'unit', c.imported from jsonb_to_recordset($2::jsonb) as c(row_id int, imported jsonb)`,
  [scopeId, JSON.stringify(fresh.map(({ rowId, values }) => ({ row_id: rowId, imported: values })))])
  const rows = JSON.stringify(corrections.map(rowOf))
  await client.query(`update asset_corrections k set ended_because = 'corrected-again', ended_version = $3, ended_value = r.new_value
    from asset_cards c join jsonb_to_recordset($2::jsonb) as r(row_id int, field text, new_value text) using (row_id)
    where c.scope_id = $1 and k.card_id = c.card_id and k.field = r.field and k.ended_because is null`, [scopeId, rows, version])
  await client.query(`insert into asset_corrections (card_id, batch_id, card_version, field, imported_value, old_value, new_value, reason, finding_id, rule, round)
    select c.card_id, $3, 1 + (select coalesce(max(card_version), 1) from asset_corrections k where k.card_id = c.card_id), r.field, c.imported ->> r.field,
      r.old_value, r.new_value, r.reason, r.finding_id, r.rule, r.round
    from asset_cards c join jsonb_to_recordset($2::jsonb) as r(row_id int, field text, old_value text, new_value text, reason text, finding_id text, rule text, round int) using (row_id)
    where c.scope_id = $1`, [scopeId, rows, batchId])
}

const rowOf = ({ answer, card, field, old, value, reason }: PlannedCorrection) => ({
  row_id: card.rowId, field, old_value: old, new_value: value, reason, finding_id: answer.code.finding, rule: answer.code.rule,
  round: answer.code.round,
})

/** The next version of the input: its files are the ones that were imported, the cards say something else. */
async function storeVersion(
  client: pg.PoolClient, { district, year, scopeId, corrections }: DistrictPlan, version: number,
): Promise<void> {
  const cards = `(select * from books.assets where scope_id = ${scopeId})`
  const { rows: [counted] } = await client.query<{ n: number }>(
    'select count(*)::int as n from assets where scope_id = $1', [scopeId],
  )
  const content = await contentDigest(client, 'assets', () => cards, counted!.n, tableNames(district, year)('hashes'))
  const { rows: [before] } = await client.query<{ digest: string; folder: string; by: string | null }>(`select digest, coalesce(folder_digest, digest) as folder, imported_by as by
    from input_versions where scope_id = $1 and version = $2`, [scopeId, version - 1])
  const changed = new Set(corrections.map(({ card }) => card.rowId)).size
  await client.query(`insert into input_versions (scope_id, version, digest, folder_digest, origin, imported_by, changes) values ($1, $2, $3, $4, 'correction', $5, $6)`,
    [
      scopeId, version, digestOf({ before: before!.digest, assets: content }), before!.folder, before!.by,
      JSON.stringify({ assets: { rows: counted!.n, added: 0, removed: 0, changed } }),
    ])
  await client.query(`insert into input_files (scope_id, version, file, path, sha256, content_digest, rows)
    select scope_id, $2, file, path, sha256, case file when 'assets' then $4 else content_digest end, rows from input_files where scope_id = $1 and version = $3`,
  [scopeId, version, version - 1, content])
}

/** The link of the audit chain, as the last word of the transaction. */
export async function auditBatch(client: pg.PoolClient, plan: DistrictPlan, batch: SignedBatch, version: number): Promise<void> {
  const detail: Plain = {
    version, corrections: plan.corrections.length, explanations: plan.explanations.length, payload: digestOf(batch.payload),
    signature: batch.signature,
  }
  await client.query('select audit.append($1, $2, $3, $4, $5)',
    [plan.district, 'assets.corrections', batch.actor, `input/${plan.district}/${plan.year}/${version}`, canonicalJson(detail)])
}
