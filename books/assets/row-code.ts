/** The code by which a row of a workbook is known again (识别码): nothing else of the row is trusted when it comes back. */

export interface RowCode {
  district: string
  year: number
  unit: string
  round: number
  finding: string
  rule: string
  /** First characters of the digest of what was shown of the finding; '' without a live year-end. */
  content: string
  line: number | null
  field: string | null
  mark: string
}

/** How much of a finding's digest a code carries. */
export const CONTENT_LENGTH = 16

/** `NJ1/152501/2025/101001/1/F0123…/…`: parts without slashes of their own. */
export function writeCode(code: RowCode): string {
  const { district, year, unit, round, finding, rule, content, line, field, mark } = code
  return ['NJ1', district, year, unit, round, finding, rule, content, line ?? '', field ?? '', mark].map(
    (part) => encodeURIComponent(String(part)),
  ).join('/')
}

/** Null when the text is no such code. */
export function readCode(text: string): RowCode | null {
  const parts = text.trim().split('/')
  if (parts.length !== 11 || parts[0] !== 'NJ1') return null
  try {
    const [, district, year, unit, round, finding, rule, content, line, field, mark] = parts.map(decodeURIComponent) as [string, ...string[]]
    const whole = (part: string | undefined) => /^\d{1,9}$/.test(part ?? '')
    if (!whole(year) || !whole(round) || (line !== '' && !whole(line)) || !/^F[0-9a-f]{15}$/.test(finding!)
      || !/^[A-Z]\d{2,3}$/.test(rule!) || !/^[0-9a-f]*$/.test(content! + mark!)) {
      return null
    }
    if ((line === '') !== (field === '')) return null
    return {
      district: district!, year: Number(year), unit: unit!, round: Number(round), finding: finding!, rule: rule!,
      content: content!,
      line: line === '' ? null : Number(line), field: field === '' ? null : field!, mark: mark!,
    }
  } catch {
    return null
  }
}
