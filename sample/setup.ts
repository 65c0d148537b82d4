/** New-year tables: codes of the classification, parameters, rules, roles; and the mapping of old codes to new ones. */
import { BANKS, ECONOMICS, FUNCTIONS, FUND_NAMES, REVENUES } from './catalogue.ts'
import type { World } from './world.ts'

interface Item { code: string; name?: string; parent?: string; value?: string; active?: string }

/** All of CONTRACT §1.1, every parent before its children. */
export function setupTables(world: World, kind: number): void {
  const { plan } = world
  const put = (table: string, item: Item) => world.setup.push({ table, active: '1', ...item } as Record<string, string>)
  for (const { code, name } of FUNCTIONS) {
    put('function', { code, name, parent: parentOf(code, 3), active: code === '2050298' ? '0' : '1' })
  }
  for (const { code, name } of REVENUES) put('revenue', { code, name, parent: parentOf(code, 3) })
  for (const { code, name } of ECONOMICS) put('economic', { code, name, parent: parentOf(code, 3) })
  for (const { code, name } of FUND_NAMES) put('fund', { code, name })
  for (const parent of new Set(plan.units.map((unit) => unit.parent))) put('unit', { code: parent, name: `部门${parent}` })
  for (const unit of plan.units) {
    put('unit', { code: unit.code, name: `${plan.place}${unit.name}`, parent: unit.parent })
    put('project', { code: `${plan.district}JB${unit.code}`, name: `${unit.name}基本支出` })
  }
  for (const { code, name } of plan.projects) put('project', { code, name })
  put('account', { code: 'treasury-2022:1001', name: '国库存款' })
  put('account', { code: 'government-unit:1002', name: '银行存款' })
  parameters(world, put)
  mappings(world, put, kind)
}

/** Codes grow by two figures a level: 205, 20502, 2050203. */
const parentOf = (code: string, shortest: number): string => (code.length <= shortest ? '' : code.slice(0, -2))

function parameters(world: World, put: (table: string, item: Item) => void): void {
  const { plan } = world
  for (let month = 1; month <= 12; month += 1) {
    const code = `${plan.year}-${String(month).padStart(2, '0')}`
    put('period', { code, name: `${plan.year}年${month}月`, value: code })
  }
  for (const [code, name, value] of [
    ['PAY_CERT', '支付凭证号', 'ZF{YYYY}{SEQ:8}'], ['PAY_REFUND', '退款通知书号', 'TK{YYYY}{SEQ:8}'],
    ['INDICATOR', '指标号', 'ZB{YYYY}{SEQ:5}'],
    ['PAY_APPLY', '支付申请号', 'SQ{YYYY}{SEQ:8}'], ['PAY_PLAN', '用款计划号', 'JH{YYYY}{SEQ:6}'],
    ['PAY_ALLOC', '实拨凭证号', 'SB{YYYY}{SEQ:6}'],
    ['BGT_ADJ', '指标调整文号', 'TZ{YYYY}-{SEQ:4}'], ['NONTAX_PAY', '缴款书号', 'FS{YYYY}{SEQ:8}'],
    ['REVENUE_REFUND', '收入退付号', 'TF{YYYY}{SEQ:6}'],
    ['GL_VOUCHER', '会计凭证号', 'PZ{YYYY}{MM}-{SEQ:5}'], ['SALARY', '工资批次号', 'GZ{YYYY}{MM}{SEQ:3}'],
    ['GP_CONTRACT', '采购合同号', 'CG{YYYY}{SEQ:5}'],
    ['ASSET_DOC', '资产单据号', 'ZC{YYYY}{SEQ:6}'],
  ]) put('number-rule', { code: code!, name: name!, value: value! })
  put('parameter', { code: 'pay-cutoff', name: '支付截止日', value: '12-28' })
  put('parameter', { code: 'budget-control', name: '额度控制方式', value: 'strict' })
  put('role', { code: 'treasury-accountant', name: '总会计', value: plan.district })
  put('role', { code: 'unit-accountant', name: '单位会计', value: plan.units[1]!.code })
  put('workflow', { code: 'pay-apply', name: '支付申请审批', value: '单位录入>单位审核>国库初审>国库终审' })
  put('default-rule', { code: 'pay-account', name: '零余额账户定值', value: 'unit>account' })
  for (const bank of BANKS) {
    put('bank-account', {
      code: bank.code, name: `${plan.place}${bank.name}支行`, value: `0588${plan.district}${bank.code.length}0012`,
    })
  }
  put('seal', { code: 'pay-seal', name: '支付专用章', value: `${plan.year + 2}-06-30` })
  put('certificate', { code: 'bank-link', name: '库银互联证书', value: `${plan.year + 1}-12-31` })
  put('salary-item', { code: 'base', name: '基本工资', value: plan.indicators[0]!.number })
  put('voucher-template', { code: 'PAY_CERT', name: '支付凭证机制模板', value: 'Dr 5001 Cr 1001' })
  put('report-parameter', { code: 'three-publics', name: '三公经费', value: '=SUM(30212,30217,30231)' })
  put('interface', { code: 'pboc', name: '人民银行国库接口', value: 'tips' })
}

/**
 * A renamed function in every district; by turns a merger of units, a project split in shares, and an account with a new code.
 */
function mappings(world: World, put: (table: string, item: Item) => void, kind: number): void {
  const { plan } = world
  const map = (table: string, old: string, code: string, share = '') => world.mappings.push({ table, old, new: code, share })
  const retire = (table: string, code: string) => {
    const row = world.setup.find((one) => one.table === table && one.code === code)!
    world.setup[world.setup.indexOf(row)] = { ...row, active: '0' }
  }
  put('function', { code: '2050205', name: '高等教育', parent: '20502' })
  map('function', '2050298', '2050299')
  if (kind % 3 === 0) {
    const merged = '102900'
    put('unit', { code: merged, name: `${plan.place}教育集团`, parent: '102' })
    for (const unit of plan.units.filter((one) => one.parent === '102' && one.kind === 'institution').slice(0, 2)) {
      map('unit', unit.code, merged)
      retire('unit', unit.code)
    }
  }
  if (kind % 3 === 1) {
    const old = plan.projects[0]!
    for (const [suffix, share] of [['A', '0.6'], ['B', '0.4']] as const) {
      put('project', { code: `${old.code}${suffix}`, name: `${old.name}（${suffix}）` })
      map('project', old.code, `${old.code}${suffix}`, share)
    }
    retire('project', old.code)
  }
  if (kind % 3 === 2) {
    put('account', { code: 'government-unit:121801', name: '其他应收款—单位往来' })
    map('account', 'government-unit:1218', 'government-unit:121801')
  }
}
