/** Every reason for which an input is refused: a closed set, in both languages, each with what to do where it is not plain. */

export interface Reason { zh: string; en: string }

export const REASONS = {
  // Folder and files
  'unknown-district': { zh: '区划不在 config/districts.yaml 中', en: 'this district is not in config/districts.yaml' },
  'no-folder': { zh: '没有该区划的文件夹', en: 'there is no folder for this district' },
  'not-a-folder': { zh: '应为文件夹（不能是链接或文件）', en: 'must be a folder, not a link or a file' },
  'unknown-file': { zh: '文件名不在导入格式中', en: 'this file name is not part of the input format' },
  'file-twice': { zh: '同一文件重复给出（如既有 CSV 又有 XLSX），只能留一个', en: 'the same file is given twice, such as CSV and XLSX: keep one' },
  'not-a-regular-file': { zh: '不是普通文件（链接、目录或设备一律拒绝）', en: 'not a regular file: links, folders and devices are refused' },
  'missing-file': { zh: '缺少必需的文件', en: 'this required file is missing' },
  'unreadable-file': { zh: '文件无法读取', en: 'the file can not be read' },
  'file-changed': { zh: '读取期间文件被改动，请重新导入', en: 'the file changed while it was read: import again' },
  'empty-file': { zh: '文件为空，连表头也没有', en: 'the file is empty: not even a header' },
  // Text
  'nul-byte': { zh: '含有 NUL 字节，不是文本文件（UTF-16 请另存为 UTF-8）', en: 'holds NUL bytes, so it is not text (save UTF-16 as UTF-8)' },
  'wrong-encoding': { zh: '不是有效的 UTF-8 或 GB18030 文本', en: 'not valid UTF-8 or GB18030 text' },
  'mixed-encoding': { zh: '同一文件混用 UTF-8 与 GB18030', en: 'UTF-8 and GB18030 are mixed in one file' },
  'unclosed-quote': { zh: '引号未闭合，文件可能被截断', en: 'a quote is never closed: the file may be truncated' },
  'stray-quote': {
    zh: '引号位置不合 RFC 4180（字段内的引号应写成两个）', en: 'a quote in the wrong place (RFC 4180: double the quotes inside a quoted field)',
  },
  'stray-carriage-return': { zh: '行内有单独的回车符', en: 'a carriage return stands alone inside a row' },
  'row-too-long': { zh: '单行过长，可能缺少引号', en: 'the row is too long: a quote may be missing' },
  'field-count': { zh: '字段数与表头不符', en: 'the number of fields differs from the header' },
  // Workbook
  'broken-workbook': { zh: '不是有效的 XLSX 文件，或文件已损坏、被截断', en: 'not a valid XLSX file, or it is broken or truncated' },
  'several-sheets': { zh: '工作簿只能有一个工作表', en: 'a workbook must have one sheet' },
  formula: { zh: '单元格是公式，请粘贴为数值', en: 'the cell holds a formula: paste it as a value' },
  'cell-error': { zh: '单元格是错误值', en: 'the cell holds an error value' },
  'number-too-long': {
    zh: '数字超过 15 位，Excel 已丢失精度，请改为文本格式', en: 'a number of more than 15 digits has lost precision in Excel: store it as text',
  },
  'cell-outside': { zh: '单元格在表头的列之外', en: 'the cell stands outside the columns of the header' },
  // Header
  'unknown-column': { zh: '不认识的列', en: 'unknown column' },
  'doubled-column': { zh: '列重复', en: 'this column stands twice' },
  'unnamed-column': { zh: '有一列没有列名', en: 'a column has no name' },
  'missing-column': { zh: '缺少必需的列', en: 'this required column is missing' },
  // Values
  'not-given': { zh: '必填，不能为空', en: 'must be given' },
  'bad-amount': {
    zh: '不是金额（元，至多两位小数，整数至多 13 位）', en: 'not an amount in yuan with at most two decimals and 13 digits before them',
  },
  'bad-date': { zh: '不是日期（2025-12-31 或 20251231）', en: 'not a date such as 2025-12-31 or 20251231' },
  'bad-month': { zh: '不是月份（2025-12）', en: 'not a month such as 2025-12' },
  'bad-integer': { zh: '不是整数', en: 'not a whole number' },
  'bad-decimal': { zh: '不是数字（整数至多 15 位，小数至多 10 位）', en: 'not a number of at most 15 digits and 10 decimals' },
  'bad-flag': { zh: '应为 1（是）或 0（否）', en: 'must be 1 (yes) or 0 (no)' },
  'not-one-of': { zh: '不在允许的取值之中', en: 'not one of the words allowed here' },
  'key-repeats': { zh: '主键重复', en: 'this key stands twice' },
  'unknown-unit': { zh: '预算单位不在 units.csv 中', en: 'this unit is not in units.csv' },
  'unknown-book': { zh: '账套不在 books.csv 中', en: 'this book is not in books.csv' },
  'unknown-account': { zh: '该账套的会计科目表中没有此科目', en: "this account is not in the book's chart" },
  'account-of-another-system': {
    zh: '此科目属于另一会计制度，不在该账套中', en: 'this account belongs to another accounting system than the book',
  },
  'not-a-posting-account': { zh: '不是末级科目，不能记账', en: 'not a posting account: it has sub-accounts' },
  'undeclared-dimension': { zh: '该科目没有设置此辅助核算', en: 'the account does not declare this dimension' },
  'opening-of-turnover': { zh: '收入、费用、预算收支科目不能有期初余额', en: 'accounts of revenue and expenditure have no opening balance' },
  'both-sides': { zh: '借方与贷方不能同时有金额', en: 'a row has a debit or a credit, not both' },
  'no-side': { zh: '借方与贷方都没有填', en: 'neither debit nor credit is given' },
  'date-outside': {
    zh: '日期应在结转年度年初至次年年末之间', en: 'the date must lie between the start of the closing year and the end of the next',
  },
  'year-later': { zh: '晚于结转年度', en: 'later than the closing year' },
  'bad-year': { zh: '不是四位年份', en: 'not a year of four digits' },
  'share-outside': { zh: '比例应大于 0 且不超过 1', en: 'the share must be above 0 and at most 1' },
  'unknown-table': { zh: '表名不在 config/initialise.yaml 中', en: 'this table is not in config/initialise.yaml' },
  'not-a-mapping-table': { zh: '不是可以对照的要素表', en: 'not a table that mappings can speak of' },
  'unknown-system': { zh: '冒号前不是会计制度', en: 'what stands before the colon is not an accounting system' },
  'unknown-type': { zh: '单据类型不在 config/documents.yaml 中', en: 'this document type is not in config/documents.yaml' },
  'unknown-reconciliation': {
    zh: '对账编号应为 R1 至 R22，或 reconciliations.yaml 中自设的编号',
    en: 'the reconciliation must be one of R1 to R22, or one that reconciliations.yaml declares',
  },
  'system-or-book': { zh: '应给出会计制度或账套', en: 'give the system or the book' },
  'system-differs': { zh: '与账套的会计制度不同', en: 'differs from the system of the book' },
  'unit-of-book': { zh: '政府会计制度的账套须给出预算单位', en: 'a government-unit book must name its unit' },
  // Files of banks, the treasury and units
  'no-sheet': { zh: '工作簿中没有此工作表（后为现有的工作表）', en: 'the workbook has no such sheet (then those that it has)' },
  'not-this-kind-of-file': { zh: '此格式不以这种文件给出', en: 'this format does not come as a file of this kind' },
  'not-this-encoding': { zh: '文件编码与格式规定的不同', en: 'the encoding is not the one that the format states' },
  'no-header': { zh: '找不到标题行：应有一行含这些标题', en: 'there is no row of titles: a row should hold these' },
  'title-twice': { zh: '标题行中有两列同名，无法确定用哪一列', en: 'two columns have this title: it is not clear which is meant' },
  'no-rows': { zh: '没有一行明细', en: 'there is not one row' },
  'bad-date-form': { zh: '不是该格式规定的日期写法', en: 'not a date in one of the forms of this format' },
  'bad-direction': { zh: '借贷标志不在该格式所列的词中', en: 'the direction is none of the words of this format' },
  'unknown-word': { zh: '格式文件的对照词中没有', en: 'the format has no word for this value' },
  'unknown-bank-account': { zh: '账号不在 setup.csv 的对照表中', en: 'setup.csv does not know this account number' },
  'two-bank-accounts': {
    zh: 'setup.csv 中几个代码用同一账号，无法确定是哪一个',
    en: 'several codes of setup.csv have this account number: it is not clear which is meant',
  },
  'no-account': { zh: '没有给出账号，无法确定对账方', en: 'no account number is given, so the party is not known' },
  'total-differs': { zh: '文件自带的合计与明细不符', en: "the file's own total is not what its rows add up to" },
  'empty-total': { zh: '合计行没有可核对的数字', en: 'a line of totals without a figure to check' },
  'missing-total': { zh: '没有合计行，文件可能不完整', en: 'there is no line of totals: the file may be incomplete' },
  'balance-differs': { zh: '上一余额加减本笔不等于本行余额', en: 'the balance before and this movement do not give this balance' },
  'closing-differs': { zh: '期初余额加减本期发生不等于期末余额', en: 'opening balance and movements do not give the closing balance' },
  'row-does-not-add-up': { zh: '本行各栏不平', en: 'the columns of this row do not add up' },
} as const satisfies Record<string, Reason>

export type ReasonCode = keyof typeof REASONS
