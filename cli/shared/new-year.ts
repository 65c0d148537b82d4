/** Words of the new year's initialisation, the same in commands, screens and reports; and its list of items. */
import type { Change } from '../../books/steps/initialise/differences.ts'
import type { NewYear, OpeningsState } from '../../books/read-model/new-year.ts'
import type { InitialiseConfig, Treatment } from '../../config/schemas/initialise.ts'
import type { TrialResult } from '../../books/trial-tables.ts'
import type { Text } from './lang.ts'

export const TREATMENT_WORDS: Record<Treatment, Text> = {
  copy: { zh: '沿用', en: 'copy' }, 'new-version-with-mapping': { zh: '新版对照', en: 'new version' }, reset: { zh: '重置', en: 'reset' },
  create: { zh: '新建', en: 'create' }, 're-authorise': { zh: '重新授权', en: 're-authorise' }, verify: { zh: '核验', en: 'verify' },
}
export const CHANGE_WORDS: Record<Change, Text> = {
  added: { zh: '新增', en: 'added' }, dropped: { zh: '停用', en: 'dropped' }, renamed: { zh: '更名', en: 'renamed' },
  changed: { zh: '变更', en: 'changed' }, same: { zh: '不变', en: 'same' },
}
export const OPENINGS_WORDS: Record<OpeningsState, Text> = {
  missing: { zh: '无', en: 'missing' }, provisional: { zh: '暂估（旧年度尚未签署归档）', en: 'provisional (the old year is not signed off yet)' },
  final: { zh: '正式（旧年度已签署归档）', en: 'final (the old year is signed off)' },
}
export const TRIAL_WORDS: Record<TrialResult, Text> = {
  passed: { zh: '通过', en: 'passed' }, failed: { zh: '未通过', en: 'failed' }, 'not-tried': { zh: '未试', en: 'not tried' },
}

/** Status of an item of DOMAIN §7: 未开始, 进行中, 完成, 已复核. */
export type ItemStatus = 'not-started' | 'under-way' | 'done' | 'reviewed'
export const ITEM_STATUS_WORDS: Record<ItemStatus, Text> = {
  'not-started': { zh: '未开始', en: 'not started' }, 'under-way': { zh: '进行中', en: 'under way' },
  done: { zh: '完成', en: 'done' }, reviewed: { zh: '已复核', en: 'reviewed' },
}

export interface NewYearItem {
  item: string
  name: Text
  treatment: Treatment
  /** Null for what people do outside, and for tables that were not given. */
  live: number | null
  added: number
  dropped: number
  renamed: number
  changed: number
  status: ItemStatus | null
  owner: Text | null
}

/** Every table and item of the configuration as it stands; tables without rows come last with `live` null. */
export function itemsOf(config: Pick<InitialiseConfig, 'tables' | 'items'>, year: NewYear): NewYearItem[] {
  const figures = year.figures as { tables?: Record<string, Counts>; items?: Record<string, Counts> }
  const status: ItemStatus = year.state === 'approved' ? 'reviewed' : year.generation === null ? (year.state === 'running' ? 'under-way' : 'not-started') : 'done'
  const row = (item: string, spec: { name: Text; treatment: Treatment; owner?: Text }, counts: Counts | undefined): NewYearItem => ({
    item, name: spec.name, treatment: spec.treatment, owner: spec.owner ?? null, status: counts?.live === undefined ? null : status, live: counts?.live ?? null,
    added: counts?.added ?? 0, dropped: counts?.dropped ?? 0, renamed: counts?.renamed ?? 0, changed: counts?.changed ?? 0,
  })
  const rows = [
    ...Object.entries(config.tables).map(([name, spec]) => row(name, spec, figures.tables?.[name])),
    ...Object.entries(config.items).map(([name, spec]) => row(name, spec, figures.items?.[name])),
  ]
  return [...rows.filter((one) => one.live !== null), ...rows.filter((one) => one.live === null)]
}
type Counts = Partial<Record<'live' | 'added' | 'dropped' | 'renamed' | 'changed', number>>
