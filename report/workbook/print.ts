/** How the sheets of a workbook print, and what may be typed into them: what write-excel-file has no option for. */
import type { Blob } from 'node:buffer'
import type Stream from 'node:stream'
import type { Feature } from 'write-excel-file/node'

/** By sheet name. */
export interface Printed {
  /** How many rows at the top are printed on each page. */
  titleRows: number
  /** Cells in which only one of these may stand. */
  choices?: { range: string; list: readonly string[] }
}

/** A4 across, as wide as the page, page numbers below; the head again on each page. */
export function printing(sheets: ReadonlyMap<string, Printed>): Feature<Stream | Buffer | Blob> {
  const names = [...sheets.keys()]
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          transform: (xml: string, { sheet }: { sheet?: string }) => sheetXml(xml, sheets.get(sheet ?? '')),
        },
        'xl/workbook.xml': {
          transform: (xml: string) => xml.replace(/<definedNames\s*\/>|<definedNames><\/definedNames>/, titlesXml(names, sheets)),
        },
      },
    },
  }
}

function sheetXml(xml: string, printed: Printed | undefined): string {
  if (!printed) return xml
  const fitted = xml.replace(/<sheetPr\s*\/>|<sheetPr><\/sheetPr>/, '')
    .replace(/(<worksheet[^>]*>)/, '$1<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>')
  const paged = fitted.replace(/<pageSetup[^>]*\/?>(<\/pageSetup>)?/, '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    + '<headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>')
  return printed.choices && printed.choices.list.join(',').length <= CHOICES_LENGTH_MAX
    ? paged.replace(/(<pageMargins|<pageSetup)/, `${choicesXml(printed.choices)}$1`)
    : paged
}

/** A longer list makes Excel refuse the whole file: then anything may be typed, and the import names what is wrong. */
const CHOICES_LENGTH_MAX = 255

function choicesXml({ range, list }: NonNullable<Printed['choices']>): string {
  const escaped = list.join(',')
    .replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '' })[character]!)
  return `<dataValidations count="1"><dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="${range}"><formula1>"${escaped}"</formula1></dataValidation></dataValidations>`
}

function titlesXml(names: readonly string[], sheets: ReadonlyMap<string, Printed>): string {
  const defined = names.map((name, index) =>
    `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">'${name}'!$1:$${sheets.get(name)!.titleRows}</definedName>`)
  return `<definedNames>${defined.join('')}</definedNames>`
}
