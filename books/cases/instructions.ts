/**
 * Instructions to the business system: what was decided and must be carried out there, exported once and watched until it is
 * done.
 */
import { type Kysely, type Transaction, sql } from 'kysely'
import type { DocumentsConfig } from '../../config/schemas/documents.ts'
import { DISPOSITION_NAMES, type Disposition } from '../../domain/documents.ts'
import type { InstructionFields } from '../../domain/instructions.ts'
import { yuanText } from '../yuan.ts'
import type { Database } from '../tables.ts'

export interface InstructionLine extends InstructionFields {
  type: string; number: string; action: string; target: string; status: string
}

interface PendingRow {
  type: string; number: string; action: Disposition; unit: string | null; amount: string | null; status: string; actor: string
  decided_at: Date; comment: string; reference: string | null; decision_id: string
}

/**
 * Dispositions that hold, that the business system must carry out, and that are in no instruction yet (by this very decision).
 * One that the input already shows as done needs none.
 */
export async function pendingDispositions(
  db: Kysely<Database>, scopeId: number, documents: DocumentsConfig, type?: string,
): Promise<PendingRow[]> {
  const { done } = documents.instructions
  const { rows } = await sql<PendingRow>`
    select f.rule as type, d.number, w.action, d.unit, ${yuanText(sql`d.amount`)} as amount, d.status, p.actor, coalesce(p.judged_at, p.submitted_at) as decided_at,
      w.comment, r.reference, f.decision_id::text as decision_id
    from findings f join runs on runs.run_id = f.run_id and runs.scope_id = ${scopeId} and runs.kind = 'real' and runs.state <> 'cancelled'
    join finding_decisions w on w.decision_id = f.decision_id and w.finding_id = f.finding_id
    join decisions p on p.decision_id = f.decision_id
    join documents d on d.scope_id = ${scopeId} and d.type = f.rule and f.key = d.type || '/' || d.number
    left join document_receipts r on r.scope_id = ${scopeId} and r.type = d.type and r.number = d.number
    where f.step = 'in-transit' and f.status = 'resolved' and f.closed_by is distinct from 'recheck' and w.action = any(${Object.keys(done)}::text[])
      and (${type ?? null}::text is null or f.rule = ${type ?? null})
      and d.status is distinct from (${JSON.stringify(done)}::jsonb ->> w.action)
      and not exists (select from instruction_lines l where l.scope_id = ${scopeId} and l.type = d.type and l.number = d.number and l.decision_id = f.decision_id)
    order by f.rule collate "C", d.number collate "C"`.execute(db)
  return rows
}

/** The number of an instruction: `ZL-2025-152501-0001`. */
export const instructionNumber = (year: number, district: string, sequence: number): string =>
  `ZL-${year}-${district}-${String(sequence).padStart(4, '0')}`

/** The fields of each line, as formats name them. */
export function linesOf(
  pending: readonly PendingRow[],
  { instruction, district, year, documents }: { instruction: string; district: string; year: number; documents: DocumentsConfig },
): InstructionLine[] {
  return pending.map((one, index) => ({
    instruction, line: String(index + 1), district, year: String(year), type: one.type,
    typeName: documents.types[one.type]?.name.zh ?? one.type, number: one.number,
    unit: one.unit ?? '', amount: one.amount ?? '', status: one.status, target: documents.instructions.done[one.action]!,
    action: one.action,
    actionName: DISPOSITION_NAMES[one.action].zh, actor: one.actor, decidedAt: one.decided_at.toISOString(), comment: one.comment,
    reference: one.reference ?? '',
  }))
}

/** Keeps an exported instruction with its lines. */
export async function storeInstruction(trx: Transaction<Database>, what: {
  scopeId: number; instruction: string; sequence: number; format: string; file: string; sha256: string; inputVersion: number
  by: string
}, pending: readonly PendingRow[], lines: readonly InstructionLine[]): Promise<void> {
  const { scopeId, instruction, sequence, format, file, sha256, inputVersion, by } = what
  await trx.insertInto('instructions').values({
    scope_id: scopeId, instruction, sequence, format, file, sha256, lines: lines.length, input_version: inputVersion,
    exported_by: by,
  }).execute()
  await sql`
    insert into instruction_lines (scope_id, sequence, line, type, number, action, target, status_then, decision_id, fields)
    select ${scopeId}::int, ${sequence}::int, (l.fields->>'line')::int, l.fields->>'type', l.fields->>'number', l.fields->>'action', l.fields->>'target',
      l.fields->>'status', l.decision::uuid, l.fields
    from jsonb_to_recordset(${JSON.stringify(lines.map((fields, index) => ({ fields, decision: pending[index]!.decision_id })))}::jsonb) as l(fields jsonb, decision text)`.execute(trx)
}

export interface InstructionState {
  district: string; year: number; instruction: string; sequence: number; format: string; file: string; sha256: string; exportedBy: string; exportedAt: string
  lines: number; done: number; inputVersion: number
  /** Lines that the business system does not show as carried out. */
  open: readonly { line: number; type: string; number: string; action: string; target: string; status: string | null }[]
}

/**
 * Every instruction of a year with what is open of it. A line is done when an input that came after the export shows the
 * document in the status that was asked for or, where the configuration says so, no longer shows it.
 */
export async function listInstructions(
  db: Kysely<Database>, year: number, documents: DocumentsConfig, districts?: readonly string[],
): Promise<InstructionState[]> {
  const some = districts?.length ? sql`and s.district = any(${[...districts]}::text[])` : sql``
  const { rows } = await sql<Omit<InstructionState, 'exportedAt' | 'open'> & { exported_at: Date; open: InstructionState['open'] | null }>`
    select s.district, s.year, i.instruction, i.sequence, i.format, i.file, i.sha256, i.exported_by as "exportedBy", i.exported_at, i.lines, i.input_version as "inputVersion",
      i.lines - coalesce(json_array_length(left_over.open), 0) as done, left_over.open
    from instructions i join scopes s using (scope_id)
    cross join lateral (select max(version) as version from input_versions v where v.scope_id = i.scope_id) now
    left join lateral (
      select json_agg(json_build_object('line', l.line, 'type', l.type, 'number', l.number, 'action', l.action, 'target', l.target, 'status', d.status) order by l.line) as open
      from instruction_lines l left join documents d on d.scope_id = l.scope_id and d.type = l.type and d.number = l.number
      where l.scope_id = i.scope_id and l.sequence = i.sequence and not (now.version > i.input_version
        and (d.status = l.target or (d.number is null and l.action = any(${[...documents.instructions.absent]}::text[]))))) left_over on true
    where s.year = ${year} ${some} order by s.district collate "C", i.sequence`.execute(db)
  return rows.map(({ exported_at, open, ...row }) => ({ ...row, exportedAt: exported_at.toISOString(), open: open ?? [] }))
}
