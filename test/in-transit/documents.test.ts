/** What may be decided on a document: by type, by status, and why not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { builtInFolder } from '../../config/load.ts'
import { documentsSchema } from '../../config/schemas/documents.ts'
import {
  DISPOSITIONS, DOCUMENT_STATUSES, allowedActions, cutOffAt, cutOffOf, defaultRefusal, dispositionRefusal, isInTransit, ladderOf, ownerOf, proposedDefault,
} from '../../domain/documents.ts'

const raw = parse(readFileSync(join(builtInFolder(), 'documents.yaml'), 'utf8')) as { types: Record<string, object> }
const config = documentsSchema.parse(raw)

/** CONTRACT §1.2 and the table of DOMAIN §5: severity, dispositions. */
const EXPECTED: Record<string, string> = {
  PAY_APPLY: 'error complete,void,return', PAY_CERT: 'error complete,void,return', PAY_PLAN: 'error void,return',
  BGT_FREEZE: 'warning complete,carry', BGT_ADJ: 'error complete,void', OPENING_IND: 'error complete',
  UNALLOCATED_IND: 'error complete,carry', PAY_REFUND: 'error complete', PAY_BOUNCED: 'error complete,return',
  LQD_QUOTA: 'error complete', LQD_CERT: 'error complete,carry', PAY_ALLOC: 'error complete,void', NONTAX_PAY: 'error complete,void',
  NONTAX_SUSPENSE: 'warning complete,carry', REVENUE_REFUND: 'error complete,return', TEMP_BALANCE: 'warning complete,carry',
  GL_VOUCHER: 'error complete,void', AUTO_VOUCHER: 'error complete,void', GP_CONTRACT: 'warning complete,carry',
  SALARY: 'error complete,return', ACCOUNT_CHANGE: 'warning complete,return', UNIT_UPLOAD: 'warning complete,void,return',
  ASSET_DOC: 'warning complete,carry', BASE_INFO: 'info complete,return,carry',
}

describe('the built-in document types', () => {
  it('are the 24 of the contract, with their severities and dispositions', () => {
    const types = Object.fromEntries(Object.entries(config.types).map(([type, { severity }]) =>
      [type, `${severity} ${allowedActions(config, type, 'submitted').join()}`]))
    expect(types).toEqual(EXPECTED)
  })

  it('never let a payment certificate that is at the bank be voided, and say why', () => {
    const refusal = dispositionRefusal(config, 'PAY_CERT', 'sent', 'void')
    expect(refusal!.en).toContain('double-payment risk')
    expect(refusal!.zh).toContain('银行退回')
    for (const status of ['returned', 'draft', 'approved', 'suspended']) expect(dispositionRefusal(config, 'PAY_CERT', status, 'void')).toBeNull()
    expect(allowedActions(config, 'PAY_CERT', 'sent')).toEqual(['complete', 'return'])
  })

  it('let an approved plan only be voided, and carry a contract only with its indicator', () => {
    expect(allowedActions(config, 'PAY_PLAN', 'approved')).toEqual(['void'])
    expect(dispositionRefusal(config, 'PAY_PLAN', 'draft', 'carry')!.en).toContain('only: return, void')
    expect(dispositionRefusal(config, 'GP_CONTRACT', 'approved', 'carry', { indicator: 'I1' })).toBeNull()
    expect(dispositionRefusal(config, 'GP_CONTRACT', 'approved', 'carry', { indicator: null })!.en).toContain('without an indicator')
  })

  it('refuse unknown types, unknown actions and final documents', () => {
    expect(dispositionRefusal(config, 'NOPE', 'draft', 'void')!.en).toContain('NOPE')
    expect(dispositionRefusal(config, 'PAY_APPLY', 'draft', 'explain')!.zh).toContain('不能')
    expect(dispositionRefusal(config, 'PAY_APPLY', 'voided', 'complete')!.en).toContain('final')
  })

  it('allow exactly what they do not refuse, for any type and status', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.keys(config.types)), fc.constantFrom(...DOCUMENT_STATUSES), fc.constantFrom(...DISPOSITIONS), (type, status, action) => {
      const allowed = allowedActions(config, type, status).includes(action)
      expect(allowed).toBe(dispositionRefusal(config, type, status, action) === null)
      if (!isInTransit(config, status)) expect(allowed).toBe(false)
      else expect(allowedActions(config, type, status).length).toBeGreaterThan(0)
    }))
  })

  it('know who is to act, and the district\'s own cut-off day before the type\'s', () => {
    expect(ownerOf(config.types.PAY_CERT!, 'sent')).toBe('bank')
    expect(ownerOf(config.types.PAY_CERT!, 'approved')).toBe('treasury-centre')
    const own = { ...config, cut_offs: { 152501: { PAY_APPLY: '12-28' } } }
    expect([cutOffOf(own, 'PAY_APPLY', '152501', 2025), cutOffOf(own, 'PAY_APPLY', '152502', 2025), cutOffOf(own, 'NOPE', '152501', 2025)])
      .toEqual(['2025-12-28', '2025-12-25', null])
  })
})

describe('a default disposition', () => {
  it('never completes, never touches what may have been paid, and is never more than a person may decide', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.keys(config.types)), fc.constantFrom(...DOCUMENT_STATUSES), fc.constantFrom(...DISPOSITIONS), (type, status, action) => {
      const no = defaultRefusal(config, type, status, action)
      if (action === 'complete' || (status === 'sent' && action !== 'carry')) expect(no).not.toBeNull()
      if (no === null) expect(dispositionRefusal(config, type, status, action)).toBeNull()
      const proposed = proposedDefault(config, type, status)
      if (proposed) expect(defaultRefusal(config, type, status, proposed)).toBeNull()
    }))
    expect([proposedDefault(config, 'PAY_CERT', 'approved'), proposedDefault(config, 'PAY_CERT', 'sent'), proposedDefault(config, 'LQD_CERT', 'sent')]).toEqual(['void', undefined, 'carry'])
  })

  it('comes at the moment of the day that the year\'s notice names first', () => {
    const noticed = { ...config, cut_offs: { 152501: { PAY_APPLY: '12-28' } }, cut_offs_of_year: { 2025: { '*': { PAY_APPLY: '2025-12-26' }, 152502: { PAY_APPLY: '2026-01-04' } } } }
    const at = (district: string, year: number) => new Date(cutOffAt(noticed, 'PAY_APPLY', district, year)!).toISOString()
    expect([at('152501', 2025), at('152502', 2025), at('152501', 2026), at('152502', 2026)])
      .toEqual(['2025-12-26T10:00:00.000Z', '2026-01-04T10:00:00.000Z', '2026-12-28T10:00:00.000Z', '2026-12-25T10:00:00.000Z'])
    expect(cutOffAt(noticed, 'NOPE', '152501', 2025)).toBeNull()
    expect(ladderOf(config, 'PAY_CERT').map(({ level, beforeMs }) => [level, beforeMs / 3_600_000])).toEqual([[1, 72], [2, 24], [3, 2], [4, 0]])
  })
})

describe('a changed configuration', () => {
  it('is refused when an owner, a district\'s type or a day does not exist', () => {
    const { types } = raw
    const accepts = (change: object) => documentsSchema.safeParse({ ...raw, ...change }).success
    expect(accepts({})).toBe(true)
    expect(accepts({ types: { ...types, PAY_CERT: { ...types.PAY_CERT, owner: 'nobody' } } })).toBe(false)
    expect(accepts({ cut_offs: { 152501: { NOPE: '12-25' } } })).toBe(false)
    for (const [day, valid] of [['12-31', true], ['02-29', false], ['02-30', false], ['04-31', false], ['13-01', false], ['04-30', true]] as const) {
      expect([day, accepts({ cut_offs: { 152501: { PAY_CERT: day } } })]).toEqual([day, valid])
    }
  })
})
