/** What an import says of itself: for each district what was loaded, or every bad row. */
import type { CorrectionsKept } from '../assets/kept.ts'
import type { InputFile } from '../../domain/steps.ts'
import { REASONS, type ReasonCode } from './reasons.ts'

/** One reason why a district's input can not be loaded. */
export interface Problem {
  /** File name as it stands in the folder; empty when the folder itself is meant. */
  file: string
  /** Physical line, the header is line 1; null when the whole file is meant. */
  line: number | null
  /** English name of the column; null when the whole row is meant. */
  column: string | null
  code: ReasonCode
  /** What stands there, cut to {@link VALUE_LENGTH}; null when nothing does. */
  value: string | null
}

export interface FileReport {
  file: InputFile
  rows: number
  added: number
  removed: number
  changed: number
}

/** Files of banks that were loaded beside statements.csv and stay, and rows of statements.csv that stand back for them. */
export interface StatementsKept { files: readonly { name: string; rows: number }[]; leftOut: number }

export interface DistrictReport {
  district: string
  /** The version that is in force now: the new one, or the old one when nothing changed; null when nothing was loaded. */
  version: number | null
  /** The same bytes as the input in force: nothing was written. */
  unchanged: boolean
  /** False when the district was refused, or only checked. */
  loaded: boolean
  files: readonly FileReport[]
  /** Only where there are such files. */
  statements?: StatementsKept
  /** Only where cards were corrected before: what became of the corrections. */
  corrections?: CorrectionsKept
  /** At most `problems_listed` of config/input.yaml. */
  problems: readonly Problem[]
  problemCount: number
}

export interface ImportReport {
  year: number
  check: boolean
  districts: readonly DistrictReport[]
}

export const VALUE_LENGTH = 120

/** A problem; long values are cut. */
export function problem(
  file: string, line: number | null, column: string | null, code: ReasonCode, value: string | null = null,
): Problem {
  const cut = value !== null && value.length > VALUE_LENGTH ? `${value.slice(0, VALUE_LENGTH)}…` : value
  return { file, line, column, code, value: cut }
}

/** `file:line column: reason (value)`. The value is data: clean it before it goes to a terminal. */
export function formatProblem(one: Problem, lang: 'zh' | 'en'): string {
  const place = `${one.file}${one.line === null ? '' : `:${one.line}`}${one.column === null ? '' : ` ${one.column}`}`
  return `${place}: ${REASONS[one.code][lang]}${one.value === null ? '' : ` (${one.value})`}`
}

/** The input of a district can not be loaded; carries what was found so far. */
export class ImportRefused extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map((one) => formatProblem(one, 'en')).join('\n'))
    this.name = 'ImportRefused'
    this.problems = problems
  }
}

/** Another import of the same district and year is running. */
export class ImportBusy extends Error {
  readonly district: string
  constructor(district: string) {
    super(`another import of district ${district} is running`)
    this.name = 'ImportBusy'
    this.district = district
  }
}
