/** Words of the new year's initialisation, the same in commands and screens. */
import type { Change } from '../../books/steps/initialise/differences.ts'
import type { OpeningsState } from '../../books/read-model/new-year.ts'
import type { ItemStatus } from '../../books/read-model/new-year-view.ts'
import type { Validity } from '../../books/read-model/new-year-details.ts'
import type { Treatment } from '../../config/schemas/initialise.ts'
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
  missing: { zh: '无', en: 'missing' },
  provisional: { zh: '暂估（旧年度尚未签署归档）', en: 'provisional (the old year is not signed off yet)' },
  final: { zh: '正式（旧年度已签署归档）', en: 'final (the old year is signed off)' },
}
export const TRIAL_WORDS: Record<TrialResult, Text> = {
  passed: { zh: '通过', en: 'passed' }, failed: { zh: '未通过', en: 'failed' }, 'not-tried': { zh: '未试', en: 'not tried' },
}

export const ITEM_STATUS_WORDS: Record<ItemStatus, Text> = {
  'not-started': { zh: '未开始', en: 'not started' }, 'under-way': { zh: '进行中', en: 'under way' },
  done: { zh: '完成', en: 'done' }, reviewed: { zh: '已复核', en: 'reviewed' },
}
export const VALIDITY_WORDS: Record<Validity['state'], Text> = {
  valid: { zh: '有效', en: 'valid' }, ends: { zh: '新年度内到期', en: 'ends within the year' }, expired: { zh: '已到期', en: 'expired' },
  unknown: { zh: '无期限', en: 'no readable day' },
}
