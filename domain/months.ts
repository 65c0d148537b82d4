/** Months of a fiscal year, as text `2025-06`. */

const MONTH = /^(19|20|21)\d\d-(0[1-9]|1[0-2])$/

export const isMonth = (text: string): boolean => MONTH.test(text)
export const yearOfMonth = (month: string): number => Number(month.slice(0, 4))

/** First and last day: `2025-02` → `2025-02-01`, `2025-02-28`. */
export function daysOfMonth(month: string): { first: string; last: string } {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return { first: `${month}-01`, last: `${month}-${String(last).padStart(2, '0')}` }
}

/** How many months lie between; 0 in the same one. */
export function monthsBetween(from: string, to: string): number {
  const count = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5))
  return count(to) - count(from)
}
