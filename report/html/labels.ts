/** What the figures of steps are called in Chinese; a name that is not here stands as it is. */
const LABELS: Record<string, string> = {
  documents: '在途单据', settled: '已办结单据', blocking: '阻断', inDoubt: '结果未明', amount: '金额', byType: '按类型', byUnit: '按单位', count: '笔数',
  a: '甲方 A', b: '乙方 B', difference: '差额', keys: '对账项', unequal: '不符项', state: '状态', closing: '结转分录', openings: '期初余额',
  openingTotals: '期初合计', indicators: '指标', newIndicators: '结转新指标', change: '较已记账的变化', rule: '规则', name: '名称', source: '依据',
  vouchers: '凭证',
  lines: '分录', debit: '借方', credit: '贷方', accountClass: '科目类', balances: '余额笔数', disposition: '处置', books: '账套', tables: '基础表',
  treatment: '处理方式',
  live: '有效', same: '未变', added: '新增', changed: '变更', dropped: '停用', renamed: '更名', newYear: '新年度', carriedAmount: '结转金额',
  carriedIndicators: '结转指标',
  cards: '卡片', clean: '无问题', sound: '无错误', families: '检查类别', units: '单位', findings: '发现', health: '健康度', all: '全部', periods: '期间',
  offending: '不符行',
  ok: '通过', expected: '应为', actual: '实为', checks: '证明项',
}

/** Chinese name of a figure, and its own name beside it. */
export const labelOf = (name: string): { zh: string; en: string } => ({ zh: LABELS[name] ?? name, en: LABELS[name] ? name : '' })
