/** The report of a year as a workbook. */
import { openingSheet, proofSheet } from './carried-sheets.ts'
import { confirmationSheet, monthlySheet } from './confirmed-sheets.ts'
import { decisionSheet, findingSheet, healthSheet } from './finding-sheets.ts'
import type { YearReport } from './model.ts'
import { differenceSheet, trialSheet } from './new-year-sheets.ts'
import { problemEventSheet, problemSheet } from './problem-sheets.ts'
import { alarmSheet, approvalSheet, inputSheet, overviewSheet, stepSheet } from './progress-sheets.ts'
import { balanceSheet, mirrorSheet, reconciliationSheet } from './reconciled-sheets.ts'
import { bytesOf } from './sheet.ts'
import { forecastSheet, timeSheet } from './time-sheets.ts'

const SHEETS = [
  overviewSheet, stepSheet, timeSheet, forecastSheet, findingSheet, reconciliationSheet, balanceSheet, confirmationSheet,
  monthlySheet, mirrorSheet, healthSheet, decisionSheet, approvalSheet, openingSheet, proofSheet, differenceSheet, trialSheet,
  problemSheet, problemEventSheet, alarmSheet, inputSheet,
]

/** The workbook of a year or, with one district in the report, of that district. */
export function workbook(report: YearReport): Promise<Buffer> {
  return bytesOf(SHEETS.map((sheet) => sheet(report)))
}
