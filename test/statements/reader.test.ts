/** Layouts: what a format makes of the lines of a file, what it refuses, and what stands in the file itself as a check. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSchema } from '../../config/schemas/format.ts'
import { formatYuan, displayYuan } from '../../domain/money.ts'
import type { Problem } from '../../books/import/report.ts'
import type { Surroundings } from '../../books/statements/fields.ts'
import { type ReadRow, StatementReader } from '../../books/statements/reader.ts'
import { amountOf, dateReader } from '../../books/statements/values.ts'

const AROUND: Surroundings = {
  year: 2025, codesOf: (account) => ({ 111: ['ICBC'], 222: ['ABC', 'CCB'] })[account] ?? [],
  judge: (field, value) => (field === 'unit' && value === '999' ? { code: 'unknown-unit' } : { value }),
}
const BASE = { name: { zh: '测试', en: 'test' }, reconciliation: 'R7', header: { row: 1 }, constants: { party: 'ICBC' }, amount: { signed: '金额' } }

/** Reads lines of cells; line n is the n-th, counted from 1. */
function read(format: object, lines: readonly (readonly string[])[]): { rows: ReadRow[]; problems: string[]; reader: StatementReader } {
  const problems: Problem[] = []
  const reader = new StatementReader('f.csv', formatSchema.parse({ ...BASE, ...format }), AROUND, (one) => problems.push(one))
  const rows = lines.flatMap((cells, index) => reader.push({ line: index + 1, cells: cells.map((text) => ({ text })) }) ?? [])
  reader.end()
  return { rows, problems: problems.map(({ line, column, code, value }) => [line, column, code, value === null ? null : `(${value})`].filter((part) => part !== null).join(' ')), reader }
}
const amounts = (rows: readonly ReadRow[]) => rows.map(({ amount }) => Number(amount))

describe('amounts', () => {
  it.each([['1,234.5', 123450n], ['￥1,234.50', 123450n], ['(12.00)', -1200n], ['12.34-', -1234n], ['-¥5', -500n], ['１２．５０', 1250n], ['—', null], ['', null], ['1.234', undefined], ['1,23', undefined], ['12a', undefined], ['(-5)', undefined]])(
    '%s', (text, fen) => expect(amountOf(text)).toBe(fen))

  it('are read as they were written', () => {
    fc.assert(fc.property(fc.bigInt({ min: -99_999_999_999_999n, max: 99_999_999_999_999n }), (fen) => {
      expect(amountOf(formatYuan(fen))).toBe(fen)
      expect(amountOf(displayYuan(fen))).toBe(fen)
    }))
  })

  it('stand in one signed column, in two columns, or in one with a direction', () => {
    expect(amounts(read({}, [['金额'], ['5'], ['-3.20']]).rows)).toEqual([500, -320])
    expect(amounts(read({ amount: { signed: '金额', sign: 'opposite' } }, [['金额'], ['5']]).rows)).toEqual([-500])
    const sides = { amount: { debit: '借', credit: '贷', positive: 'credit' } }
    expect(amounts(read(sides, [['借', '贷'], ['5', ''], ['', '3'], ['0.00', '0.00']]).rows)).toEqual([-500, 300, 0])
    expect(read(sides, [['借', '贷'], ['5', '3'], ['x', ''], ['1', '']]).problems).toEqual(['2 借 / 贷 both-sides (5.00 / 3.00)', '3 借 bad-amount (x)'])
    expect(read(sides, [['借', '贷', '摘要'], ['', '', 'x'], ['1', '']]).problems).toEqual(['2 借 / 贷 no-side'])
    const directed = { amount: { unsigned: '额', direction: '向', debit: ['借', 'D'], credit: ['贷'], positive: 'debit' } }
    expect(amounts(read(directed, [['额', '向'], ['5', 'Ｄ'], ['3', '贷']]).rows)).toEqual([500, -300])
    expect(read(directed, [['额', '向'], ['5', '?'], ['', '借']]).problems).toEqual(['2 向 bad-direction (?)', '3 额 not-given'])
  })
})

describe('dates', () => {
  it('are read in the forms of the format, with a time or without', () => {
    const date = dateReader(['YYYY年M月D日', 'YYYYMMDDHHmmss', 'DD.MM.YYYY'])
    expect(['2025年1月9日', '20250109101500', '09.01.2025', '2025年2月30日', '2025-01-09', '09x01x2025'].map(date)).toEqual(['2025-01-09', '2025-01-09', '2025-01-09', undefined, undefined, undefined])
  })

  it('are named by line and column where they are wrong or of another year', () => {
    const format = { columns: { date: '日' }, required: ['date'], dates: ['YYYYMMDD'] }
    expect(read(format, [['日', '金额'], ['20251301', '1'], ['20240105', '1'], ['', '1'], ['20260105', '1']]).problems)
      .toEqual(['2 日 bad-date-form (20251301)', '3 日 date-outside (20240105)', '4 日 not-given'])
  })
})

describe('titles', () => {
  it('are found by what they are, wherever they stand, and again on the next page', () => {
    const { rows, problems } = read({ header: { titles: ['日期', '金额'] }, columns: { date: '日期' } }, [['某银行'], ['期间', '2025'], ['序', '日 期', '金额（元）', '金额'], ['1', '2025-01-02', 'x', '5'], ['序', '日 期', '金额（元）', '金额'], ['2', '2025-01-03', '', '6']])
    expect({ problems, amounts: amounts(rows), lines: rows.map(({ line }) => line) }).toEqual({ problems: [], amounts: [500, 600], lines: [4, 6] })
  })

  it('must be there, each once', () => {
    expect(read({ header: { titles: ['日期', '金额'] } }, [['金额'], ['5']]).problems).toEqual(['no-header (日期, 金额)'])
    expect(read({ columns: { date: ['日期', '记账日'] } }, [['金额', '金额'], ['5']]).problems).toEqual(['1 金额 title-twice (A, B)', '1 日期 missing-column (日期 / 记账日)'].toReversed())
  })

  it('may be missing altogether: columns go by letter', () => {
    const { rows } = read({ header: { row: 0 }, columns: { reference: { letter: 'B' } }, amount: { signed: { letter: 'C' } } }, [['x', 'LS1', '5'], ['x', 'LS2', '-1']])
    expect(rows.map((row) => `${row.fields.reference} ${row.amount}`)).toEqual(['LS1 500', 'LS2 -100'])
  })
})

describe('several accounts in one file', () => {
  it('are told apart by the lines above them', () => {
    const format = { constants: {}, captures: ['^银行:(?<party>\\S+)'], words: { party: { 工行: 'ICBC', 农行: 'ABC' } }, totals: [{ pattern: '^小计', since: 'section' }, { pattern: '^总计', since: 'file' }], header: { titles: ['金额'] }, required: ['party'] }
    const good = [['银行：工行'], ['序', '金额'], ['1', '5'], ['2', '6'], ['小计', '11'], ['银行：农行'], ['序', '金额'], ['1', '7'], ['小计', '7'], ['总计', '18']]
    const { rows, problems } = read(format, good)
    expect({ problems, rows: rows.map((row) => `${row.fields.party} ${row.amount}`) }).toEqual({ problems: [], rows: ['ICBC 500', 'ICBC 600', 'ABC 700'] })
    expect(read(format, good.map((line) => line.map((cell) => cell.replace('农行', '建行').replace(/^11$/, '12')))).problems)
      .toEqual(['5 金额 total-differs (12.00 ≠ 11.00)', '8 party unknown-word (建行)'])
  })

  it('are told apart by the account number, which setup.csv knows', () => {
    const format = { constants: {}, columns: { account: '账号' }, party_of_account: { table: 'bank-account' } }
    const lines = [['账号', '金额'], ['1-11', '5'], ['222', '5'], ['333', '5'], ['', '5']]
    expect(read(format, lines).problems).toEqual(['3 账号 two-bank-accounts (222: ABC, CCB)', '4 账号 unknown-bank-account (333)', '5 账号 no-account'])
    expect(read({ ...format, party_of_account: { table: 'bank-account', among: ['ICBC', 'CCB'] } }, lines.slice(0, 3)).rows.map((row) => row.fields.party)).toEqual(['ICBC', 'CCB'])
  })
})

describe("the file's own figures", () => {
  const balanced = { columns: { balance: '余额' }, balance: {}, captures: ['期初:(?<opening>\\S+)', '期末:(?<closing>\\S+)'], header: { titles: ['金额', '余额'] } }

  it('balances must follow from row to row, and opening and movements give the closing one', () => {
    const good = [['期初：100'], ['金额', '余额'], ['5', '105'], ['-10', '95'], ['期末：95']]
    const { problems, reader } = read(balanced, good)
    expect({ problems, checked: reader.checked }).toEqual({ problems: [], checked: { totals: 0, balances: 3 } })
    expect(read(balanced, [...good.slice(0, 3), ['-10', '95.01'], ['1', '96.01'], ['期末：96.02']]).problems)
      .toEqual(['4 余额 balance-differs (95.01 ≠ 95.00)', '6 closing-differs (96.02 ≠ 96.00)'])
  })

  it('balances of a file with the newest row first are followed backwards', () => {
    const backwards = { ...balanced, balance: { order: 'newest-first' } }
    expect(read(backwards, [['期初：100'], ['金额', '余额'], ['-10', '95'], ['5', '105']]).problems).toEqual([])
    expect(read(backwards, [['期初：101'], ['金额', '余额'], ['-10', '95'], ['5', '106']]).problems).toEqual(['4 余额 balance-differs (106.00 ≠ 105.00)'])
    expect(read(backwards, [['期初：101'], ['金额', '余额'], ['-10', '95'], ['5', '105']]).problems).toEqual(['4 closing-differs (101.00 ≠ 100.00)'])
  })

  it('totals are compared with the rows, counts too, and a file that lacks them is not complete', () => {
    const format = { totals: [{ pattern: '^共 (?<count>\\d+) 笔 (?<amount>\\S+)$' }], totals_required: true, header: { titles: ['金额'] } }
    expect(read(format, [['金额'], ['5'], ['6'], ['共 2 笔', '11.00']]).problems).toEqual([])
    expect(read(format, [['金额'], ['5'], ['共 2 笔', '5.01']]).problems).toEqual(['3 total-differs (2 ≠ 1)', '3 total-differs (5.01 ≠ 5.00)'])
    expect(read(format, [['金额'], ['5']]).problems).toEqual(['missing-total'])
    expect(read({ ...format, totals: [{ pattern: '^合计' }] }, [['序', '金额'], ['1', '5'], ['合计', '']]).problems).toEqual(['3 empty-total', 'missing-total'])
  })

  it('columns of a row must add up where the format says so, and only the day that counts is kept', () => {
    const format = { columns: { date: '日' }, amount: { signed: '余' }, only_on: '12-31', row_check: { start: '前', add: ['收'], subtract: ['支'], equals: '余' } }
    const { rows, reader } = read(format, [['日', '前', '收', '支', '余'], ['2025-12-30', '1', '2', '0', '3'], ['2025-12-31', '3', '0', '1', '2']])
    expect(amounts(rows)).toEqual([200])
    expect(reader.skipped.map(({ why, lines }) => `${lines} ${why.en}`)).toEqual(['1 rows of another day'])
    expect(read(format, [['日', '前', '收', '支', '余'], ['2025-12-31', '3', '0', '1', '2.01']]).problems).toEqual(['2 余 row-does-not-add-up (2.01 ≠ 2.00)'])
  })

  it('a random statement agrees with itself, and one changed fen is seen', () => {
    const format = { ...balanced, totals: [{ pattern: ' 合计$' }], totals_required: true }
    fc.assert(fc.property(fc.array(fc.bigInt({ min: -99_999n, max: 99_999n }), { minLength: 1, maxLength: 20 }), fc.bigInt({ min: -99_999n, max: 99_999n }), fc.nat(), (moves, opening, at) => {
      let balance = opening
      const lines = moves.map((move) => { balance += move; return [displayYuan(move), displayYuan(balance)] })
      const total = displayYuan(moves.reduce((sum, one) => sum + one, 0n))
      const file = (rows: string[][]) => [[`期初：${formatYuan(opening)}`], ['金额', '余额', '注'], ...rows, [total, '', '合计'], [`期末：${formatYuan(balance)}`]]
      expect(read(format, file(lines)).problems).toEqual([])
      const changed = lines.map((line, index) => (index === at % lines.length ? [displayYuan(moves[index]! + 1n), line[1]!] : line))
      expect(read(format, file(changed)).problems.length).toBeGreaterThanOrEqual(2)
    }), { numRuns: 60 })
  })
})
