/** The columns of the differences in a workbook: the same in XLSX and CSV, written and read back. */

export interface FillColumn { key: string; zh: string; /** People fill it in. */ fill?: boolean }

export const FILL_COLUMNS = [
  { key: 'no', zh: '序号' }, { key: 'key', zh: '对账关键字' }, { key: 'party', zh: '银行或单位' }, { key: 'a', zh: '账方' },
  { key: 'b', zh: '对方' },
  { key: 'difference', zh: '差额' }, { key: 'since', zh: '起始日' }, { key: 'age', zh: '账龄（天）' }, { key: 'suggested', zh: '系统提示原因' },
  { key: 'state', zh: '状态' },
  { key: 'kind', zh: '差异原因', fill: true }, { key: 'owner', zh: '负责人', fill: true }, { key: 'explanation', zh: '说明', fill: true },
  { key: 'id', zh: '差异编号' }, { key: 'check', zh: '校验码' },
] as const satisfies readonly FillColumn[]
export type FillKey = (typeof FILL_COLUMNS)[number]['key']

/** Enough of a difference's digest to tell that it is still the same one. */
export const checkOf = ({ contentDigest }: { contentDigest: string }): string => contentDigest.slice(0, 16)
