/**
 * What filled-in workbooks ask for: every answer is brought back to its card and finding, and checked, before anything is done.
 */
import type { ColumnRule, InputConfig } from '../../config/schemas/input.ts'
import { type CardRow, type Sql, isMarked, trimmed, valueMark } from './cards.ts'
import { cardRules, isCleared, shownValue } from './fields.ts'
import { cardFinder, correctedRows } from './find-cards.ts'
import { FORM } from './form.ts'
import { type PlannedExplanation, planExplanations } from './plan-explanations.ts'
import type { Answer } from './read-workbook.ts'
import { type RowProblem, rowProblem } from './reasons.ts'
import { typedValues } from './values.ts'

/** A correction that may be applied. Values as the books hold them. */
export interface PlannedCorrection {
  answer: Answer; card: CardRow; field: string; old: string | null; value: string | null; reason: string
}

export interface DistrictPlan {
  district: string
  year: number
  scopeId: number
  /** The input that the answers were read against. */
  inputVersion: number
  corrections: readonly PlannedCorrection[]
  explanations: readonly PlannedExplanation[]
  /** Answers that ask for what stands there already, such as a workbook that is imported again. */
  settled: number
  answers: readonly Answer[]
}

export interface Plan { districts: readonly DistrictPlan[]; problems: readonly RowProblem[] }

/** Reads the answers against the input and findings of now. Nothing is written. */
export async function planAnswers(db: Sql, input: InputConfig, answers: readonly Answer[]): Promise<Plan> {
  const problems: RowProblem[] = []
  const kept = onceEach(answers, problems)
  const districts: DistrictPlan[] = []
  for (const group of byDistrict(kept)) {
    const { district, year } = group[0]!.code
    const { rows: [scope] } = await db.query<{ scope_id: number; version: number }>(`select scope_id, max(version) as version from scopes
      join input_versions using (scope_id) where district = $1 and year = $2 group by scope_id`, [district, year])
    if (!scope) {
      problems.push(...group.map((answer) => rowProblem(answer, FORM.code[0], 'other-year', `${district} ${year}`)))
      continue
    }
    districts.push(await planDistrict(
      db, input, { district, year, scopeId: scope.scope_id, inputVersion: scope.version }, group, problems,
    ))
  }
  problems.sort((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : (one.row ?? 0) - (other.row ?? 0)))
  return { districts, problems }
}

/** The same row in two files, or copied within one, may stand twice only with one answer. */
function onceEach(answers: readonly Answer[], problems: RowProblem[]): Answer[] {
  const seen = new Map<string, Answer>()
  for (const answer of answers) {
    const key = JSON.stringify(answer.code)
    const first = seen.get(key)
    if (!first) seen.set(key, answer)
    else if (first.correction !== answer.correction || first.explanation !== answer.explanation) {
      problems.push(rowProblem(answer, null, 'row-twice', `${first.file}:${first.row}`))
    }
  }
  return [...seen.values()]
}

function byDistrict(answers: readonly Answer[]): Answer[][] {
  const groups = new Map<string, Answer[]>()
  for (const answer of answers) {
    const key = `${answer.code.district}/${answer.code.year}`
    groups.set(key, [...(groups.get(key) ?? []), answer])
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group)
}

interface Scope { district: string; year: number; scopeId: number; inputVersion: number }

async function planDistrict(
  db: Sql, input: InputConfig, scope: Scope, answers: readonly Answer[], problems: RowProblem[],
): Promise<DistrictPlan> {
  const rules = cardRules(input)
  const asked = answers.filter((answer) => answer.correction.trim() !== '')
  const wanted = await typedCorrections(db, input, rules, asked, problems)
  const find = await cardFinder(db, scope.scopeId, answers)
  const corrected = await correctedRows(db, scope.scopeId)
  const corrections: PlannedCorrection[] = []
  let settled = 0
  for (const { answer, field, value } of wanted) {
    const card = find(answer)
    if (!card) problems.push(rowProblem(answer, FORM.assetNo[0], 'card-gone', null))
    else if ((card.values[field] ?? null) === value && (isMarked(card, answer.code.mark) || corrected.has(card.rowId))) settled += 1
    else if (valueMark(card, field) !== answer.code.mark) problems.push(rowProblem(
      answer, FORM.value[0], 'card-changed', shownValue(rules.get(field), card.values[field] ?? null),
    ))
    else corrections.push({ answer, card, field, old: card.values[field] ?? null, value, reason: answer.explanation })
  }
  editedElsewhere(answers, rules, find, problems)
  const answered = new Set(asked.map(({ code }) => code.finding))
  const explanations = await planExplanations(
    db, scope.scopeId, answers.filter(({ code, explanation }) => explanation !== '' && !answered.has(code.finding)), problems,
  )
  return {
    ...scope, corrections: withReasons(oneForEach(corrections, problems), answers), explanations: explanations.planned,
    settled: settled + explanations.settled, answers,
  }
}

/** The corrections as the books would hold them. */
async function typedCorrections(
  db: Sql, input: InputConfig, rules: ReadonlyMap<string, ColumnRule>, asked: readonly Answer[], problems: RowProblem[],
) {
  const wanted: { answer: Answer; field: string; value: string | null }[] = []
  const fields = new Map<string, Answer[]>()
  for (const answer of asked) {
    const { field } = answer.code
    if (field === null || !rules.has(field)) problems.push(rowProblem(
      answer, FORM.correction[0], 'not-a-card', answer.correction,
    ))
    else fields.set(field, [...(fields.get(field) ?? []), answer])
  }
  for (const [field, group] of fields) {
    const rule = rules.get(field)!
    const values = await typedValues(
      db, input, field, rule, group.map(({ correction }) => (isCleared(correction) ? '' : trimmed(rule, correction))),
    )
    values.forEach((one, index) => {
      const answer = group[index]!
      if ('code' in one) problems.push(rowProblem(answer, FORM.correction[0], one.code, answer.correction))
      else wanted.push({ answer, field, value: one.value })
    })
    if (rule.reference === 'unit') await unknownUnits(db, wanted.filter((one) => one.field === field), problems)
  }
  return wanted.filter(({ answer }) => !problems.some(({ file, row }) => file === answer.file && row === answer.row))
}

async function unknownUnits(
  db: Sql, wanted: readonly { answer: Answer; value: string | null }[], problems: RowProblem[],
): Promise<void> {
  for (const { answer, value } of wanted) {
    if (value === null) continue
    const { rows } = await db.query(`select from units u join scopes s using (scope_id) where s.district = $1 and s.year = $2 and u.unit = $3`,
      [answer.code.district, answer.code.year, value])
    if (rows.length === 0) problems.push(rowProblem(answer, FORM.correction[0], 'unknown-unit', value))
  }
}

/** A value that was written over in its own column would be lost without a word. */
function editedElsewhere(
  answers: readonly Answer[], rules: ReadonlyMap<string, ColumnRule>, find: (answer: Answer) => CardRow | undefined,
  problems: RowProblem[],
): void {
  for (const answer of answers) {
    const { field, mark } = answer.code
    const card = field === null || answer.correction.trim() !== '' ? undefined : find(answer)
    if (!card || valueMark(card, field!) !== mark) continue
    if (plain(shownValue(rules.get(field!), card.values[field!] ?? null)) !== plain(answer.value)) {
      problems.push(rowProblem(answer, FORM.value[0], 'changed-elsewhere', answer.value))
    }
  }
}

/** Desktop programs may write 3600.00 as 3600. */
const plain = (text: string) => (/^-?\d+\.\d+$/.test(text.trim()) ? text.trim().replace(/\.?0+$/, '') : text.trim())

/** Two rules may ask for the same field of a card: answers must agree, and count once. */
function oneForEach(corrections: readonly PlannedCorrection[], problems: RowProblem[]): PlannedCorrection[] {
  const first = new Map<string, PlannedCorrection>()
  for (const one of corrections) {
    const key = `${one.card.rowId}/${one.field}`
    const other = first.get(key)
    if (!other) first.set(key, one)
    else if (other.value !== one.value) problems.push(rowProblem(
      one.answer, FORM.correction[0], 'corrections-differ',
      `${other.answer.file}:${other.answer.row}: ${other.answer.correction}`,
    ))
  }
  return [...first.values()]
}

/** Why a field is corrected: what stands beside it, else what the unit wrote on the other rows of the finding. */
function withReasons(corrections: readonly PlannedCorrection[], answers: readonly Answer[]): PlannedCorrection[] {
  const said = new Map<string, Set<string>>()
  for (const { code, explanation } of answers) {
    if (explanation !== '') said.set(code.finding, (said.get(code.finding) ?? new Set()).add(explanation))
  }
  return corrections.map((one) => (one.reason === '' ? {
    ...one, reason: [...said.get(one.answer.code.finding) ?? []].join('；'),
  } : one))
}
