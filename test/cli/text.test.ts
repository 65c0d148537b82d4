// Text on its way to a terminal: exact widths, nothing that moves the cursor.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allFigures, headlines } from '../../cli/shared/figures.ts'
import { isUnreachable } from '../../cli/shared/exit.ts'
import { langOf } from '../../cli/shared/lang.ts'
import { jsonDocument, jsonLine } from '../../cli/shared/output.ts'
import { safeText } from '../../cli/shared/safe-text.ts'
import { ageOf, timeLeft } from '../../cli/shared/terms.ts'
import { fit, pad, table, widthOf, wrap } from '../../cli/shared/width.ts'

const mixed = fc.string({ unit: fc.oneof(fc.constantFrom('锡', '盟', '，', 'a', 'Z', ' ', '1', 'é', '\u{1f600}'), fc.string({ minLength: 1, maxLength: 1 })), maxLength: 60 }).map(safeText)

describe('padding and cutting', () => {
  it('gives exactly the width that was asked for', () => {
    fc.assert(fc.property(mixed, fc.integer({ min: 1, max: 40 }), fc.constantFrom('left', 'right'), (text, width, align) => {
      expect(widthOf(pad(text, width, align))).toBe(width)
      expect(widthOf(fit(text, width))).toBeLessThanOrEqual(width)
    }))
  })
  it('never cuts a character in two', () => {
    expect(pad('锡林郭勒盟', 6)).toBe('锡林⋯ ')
  })
})

describe('wrapping', () => {
  it('loses nothing but spaces and keeps to the width', () => {
    fc.assert(fc.property(mixed, fc.integer({ min: 4, max: 40 }), (text, width) => {
      const lines = wrap(text, width)
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }))
  })
  it('keeps words whole and no closing mark first on a line', () => {
    expect(wrap('the bank receipt', 9)).toEqual(['the bank', 'receipt'])
    expect(wrap('支付凭证已发送，请等', 14)).toEqual(['支付凭证已发', '送，请等'])
    expect(wrap('凭证 ZF20250001208 已发送银行', 20)).toEqual(['凭证 ZF20250001208', '已发送银行'])
  })
})

describe('JSON', () => {
  it('says the same without a control character in it', () => {
    fc.assert(fc.property(fc.string({ unit: fc.oneof(fc.constantFrom('\u009b', '\u007f', '\u001b', '\u202e', '\u2028', '盟'), fc.string({ minLength: 1, maxLength: 1 })) }), (text) => {

      for (const json of [jsonDocument({ text }), jsonLine({ [text]: text })]) {
        expect(json).not.toMatch(/[^\n\P{Cc}]|[\u2028-\u202e\u2066-\u2069]/u)
        expect(Object.values(JSON.parse(json))).toEqual([text])
      }
    }))
  })
})

describe('text from data', () => {
  it('has no control characters, whatever it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      // oxlint-disable-next-line no-control-regex
      expect(safeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/)
    }))
  })
  it('keeps what is readable', () => {
    expect(safeText('合计\u001b[31m 12\r\n\t3\u202e')).toBe('合计[31m 12 3')
  })
  it('does not break a table', () => {
    expect(table([{ title: '名称' }, { title: 'n', align: 'right' }], [['锡盟\n', '1'], ['x', '22']])).toBe('名称   n\n锡盟   1\nx     22')
  })
})

describe('times', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  it('left are in hours and minutes, overdue with a minus', () => {
    expect(timeLeft('2026-01-01T01:05:00Z', now)).toBe('1:05')
    expect(timeLeft('2025-12-31T23:48:00Z', now)).toBe('-0:12')
    expect(ageOf(125_000)).toBe('2m')
  })
})

describe('the language', () => {
  it('is that of --lang, else that of the locale', () => {
    expect(langOf(['status', '--lang', 'en'], { LANG: 'zh_CN.UTF-8' })).toBe('en')
    expect(langOf(['status', '--lang=zh'], {})).toBe('zh')
    expect(langOf(['status'], { LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US' })).toBe('zh')
    expect(langOf(['x', '--', '--lang', 'zh'], { LANG: 'C' })).toBe('en')
  })
})

describe('an error of the network', () => {
  it('is told from one of the work', () => {
    expect(isUnreachable(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe(true)
    expect(isUnreachable(new Error('outer', { cause: Object.assign(new Error('x'), { code: 14 }) }))).toBe(true)
    expect(isUnreachable(Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' }))).toBe(false)
    expect(isUnreachable(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false)
  })
})

describe('the figures of a step', () => {
  it('put money first, and say for reconciliations what differs', () => {
    const figures = { R1: { state: 'compared', difference: '0.00', unequal: 0 }, R8: { state: 'compared', difference: '4.50', unequal: 2 }, R13: { state: 'skipped', difference: '0.00', unequal: 0 } }
    expect(headlines('reconcile', figures).map((figure) => `${figure.label.en} ${figure.value}`)).toEqual(['R8 differs by 4.50', 'reconciled 2', 'skipped 1'])
    expect(headlines('in-transit', { documents: 3, amount: '1234.50' }).map((figure) => figure.value)).toEqual(['1,234.50', '3'])
    expect(headlines('asset-health', { other: 4, digest: 'abc' }).map((figure) => figure.value)).toEqual(['4'])
  })
  it('can all be listed, elements of a list by their name', () => {
    expect(allFigures({ closing: [{ rule: 'A1', lines: 2 }], byType: { PAY_CERT: { amount: '1000.00' } } }))
      .toEqual([{ path: 'closing A1 rule', value: 'A1' }, { path: 'closing A1 lines', value: '2' }, { path: 'byType PAY_CERT amount', value: '1,000.00' }])
  })
})
