// What a spreadsheet program is told besides the cells: how a page prints, and what may be chosen.
import { describe, expect, it } from 'vitest'
import { printing } from '../../report/workbook/print.ts'

const sheetXml = (list: readonly string[]): string => {
  const feature = printing(new Map([['差异', { titleRows: 2, choices: { range: 'K3:K9', list } }]]))
  const { transform } = feature.files!.transform!['xl/worksheets/sheet{id}.xml']!
  return transform!('<worksheet a="b"><sheetData/><pageSetup paperSize="9" orientation="landscape"/></worksheet>', { sheet: '差异' }, { sheetIndex: 0, sheetId: '1' })
}

describe('a sheet', () => {
  it('is one page wide, with its choices before the page and its footer after it', () => {
    expect(sheetXml(['在途', 'a<b'])).toMatch(/^<worksheet a="b"><sheetPr><pageSetUpPr fitToPage="1"\/><\/sheetPr><sheetData\/><dataValidations .*"在途,a&lt;b".*<\/dataValidations><pageSetup .*fitToHeight="0"\/><headerFooter>.*<\/headerFooter><\/worksheet>$/)
  })
  it('offers no choices that are too long for a spreadsheet program', () => {
    expect(sheetXml(Array.from({ length: 40 }, (_, index) => `差异原因第${index}种`))).not.toContain('dataValidation')
  })
  it('is left as it is where nothing is said of it', () => {
    const { transform } = printing(new Map()).files!.transform!['xl/worksheets/sheet{id}.xml']!
    expect(transform!('<worksheet/>', { sheet: 'x' }, { sheetIndex: 0, sheetId: '1' })).toBe('<worksheet/>')
  })
})
