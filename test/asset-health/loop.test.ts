// The loop with the units: workbooks out, filled in, back; corrections lie over what was imported and are never silent.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cardHistories } from '../../books/assets/history.ts'
import { formatRowProblem } from '../../books/assets/reasons.ts'
import { readWorkbook } from '../../books/assets/read-workbook.ts'
import { cardRules } from '../../books/assets/fields.ts'
import { districtReview } from '../../books/assets/round-view.ts'
import { checkAssetsAlone } from '../../books/steps/asset-health/index.ts'
import { loadActors, loadConfig } from '../../config/load.ts'
import { addActor } from '../../cli/operations/keys.ts'
import { importCorrections } from '../../cli/operations/corrections.ts'
import { archiveVerdict } from '../archive/verdict.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { importTexts, loadInput } from '../support/input.ts'
import { type CsvCard, type Fill, YEAR, card, files, linesOf, workbooks } from './loop-support.ts'

const config = loadConfig()
let test: TestDatabase
let overlay: string
beforeAll(async () => {
  test = await createTestDatabase()
  overlay = mkdtempSync(join(tmpdir(), 'nianjie-loop-'))
  addActor({ overlay, keysFolder: overlay }, { name: '工程师', roles: ['engineer'], districts: ['152501', '152502', '152522', '152523', '152524', '152525', '152527'] })
  addActor({ overlay, keysFolder: overlay }, { name: '审计', roles: ['auditor'], districts: ['*'] })
})
afterAll(() => test?.drop())

const load = (district: string, cards: readonly CsvCard[]) => loadInput(test, { district, year: YEAR, files: files(cards) })

async function bringBack(paths: readonly string[], actor = '工程师') {
  const read = []
  for (const path of paths) read.push(await readWorkbook(path, cardRules(config.input)))
  return importCorrections({
    books: test, config, actors: loadActors(overlay), keysFolder: overlay, operations: () => Promise.reject(new Error('no year-end is live')),
  }, { files: read, actor, dryRun: false })
}

const found = async (district: string) => (await checkAssetsAlone(test.db, config, district, YEAR))!.findings
  .filter(({ rule }) => !rule.startsWith('R')).map(({ rule, key }) => `${rule} ${key}`)
const row = async (district: string, assetNo: string) => (await test.pool.query<Record<string, unknown>>(
  'select a.* from assets a join scopes using (scope_id) where district = $1 and asset_no = $2', [district, assetNo])).rows[0]!
const forRule = (rule: string, field: string, correction: string | number): Fill => (line) => (line.rule === rule && line.field === field ? { correction, explanation: '按凭证' } : undefined)

describe('a correction workbook', () => {
  it('asks each unit for its own cards, with what stands there and what is suggested', async () => {
    await load('152501', [card({ net_value: '0.01' }), card({ asset_no: 'A2', unit: '002', voucher_no: '' })])
    const [, first, second] = await workbooks(test, config, '152501', () => undefined)
    const lines = (await linesOf(first!)).slice(1)
    expect(lines.map(({ unit, unitName, assetNo, rule, field, value, suggestion }) => [unit, unitName, assetNo, rule, field, value, suggestion])).toEqual([
      ['001', '财政局', 'A1', 'F02', '账面净值', '0.01', '3600.00'], ['001', '财政局', 'A1', 'F02', '累计折旧', '3600.00', ''], ['001', '财政局', 'A1', 'F02', '账面原值', '7200.00', ''],
    ])
    expect((await linesOf(second!)).slice(1).map(({ unit, rule, field }) => [unit, rule, field])).toEqual([['002', 'D06', '会计凭证号']])
  })

  it('has the problems of a card together, in words of the unit, and names the other card of a shared number', async () => {
    await load('152526', [
      card({ asset_no: 'A9', use_status: '出租', net_value: '0.01' }), card({ asset_no: 'A2' }), card({ asset_no: 'A2', unit: '002', card_no: 'K7', keeper: '' }),
    ])
    const [, first, second] = await workbooks(test, config, '152526', () => undefined)
    const asked = async (path: string) => [...new Set((await linesOf(path)).slice(1).map(({ assetNo, rule, problem }) => `${assetNo} ${rule} ${problem}`))]
    expect(await asked(first!)).toEqual([
      'A9 F02 净值 0.01 不等于原值 7200.00 减累计折旧 3600.00。核对三者，通常更正净值', 'A9 S07 出租 资产无租借合同或批准。补填合同或批准文号',
      expect.stringMatching(/^A2 N03 .*；另一张：单位 002 卡片 K7$/),
    ])
    expect(await asked(second!)).toEqual([
      expect.stringMatching(/^A2 N03 .*；另一张：单位 001 卡片 K1$/), expect.stringMatching(/^A2 S02 在用资产的使用部门 /),
    ])
  })

  it('comes back as the version of the cards that a corrected file would have given', async () => {
    const wrong = [card({ net_value: '0.01' }), card({ asset_no: 'A2', use_status: '在库', voucher_no: '' }), card({ asset_no: 'A 3', plate_no: '蒙H１２３４５' }), card({ asset_no: 'A4', booked: '0' })]
    await load('152502', wrong)
    expect(await found('152502')).not.toEqual([])
    const answers: Record<string, string | number> = { 'F02 账面净值': 3600, 'S01 使用状况': '闲置', 'D06 会计凭证号': '记-77', 'N04 资产编号': 'A3', 'V02 车牌号': '蒙H12345', 'D07 入账状态': '是' }
    const outcome = await bringBack(await workbooks(test, config, '152502', (line) => {
      const correction = answers[`${line.rule} ${line.field}`]
      return correction === undefined ? undefined : { correction, explanation: '核对卡片' }
    }))
    expect(outcome).toMatchObject({ ok: true, districts: [{ district: '152502', version: 2, corrections: 6, cards: 4, settled: 0 }] })
    const corrected = await found('152502')
    const rows = await test.pool.query('select to_jsonb(a) - \'scope_id\' - \'row_id\' as card from assets a join scopes using (scope_id) where district = \'152502\' order by file_line')
    await load('152522', [card({}), card({ asset_no: 'A2', use_status: '闲置', voucher_no: '记-77' }), card({ asset_no: 'A3', plate_no: '蒙H12345' }), card({ asset_no: 'A4' })])
    expect(corrected).toEqual(await found('152522'))
    expect(rows.rows).toEqual((await test.pool.query('select to_jsonb(a) - \'scope_id\' - \'row_id\' as card from assets a join scopes using (scope_id) where district = \'152522\' order by file_line')).rows)
    const digests = await test.pool.query<{ d: string }>(`select distinct f.content_digest as d from input_files f join scopes using (scope_id)
      where file = 'assets' and ((district = '152502' and version = 2) or (district = '152522' and version = 1))`)
    expect(digests.rows).toHaveLength(1)
  })

  it('names every bad row by file, sheet, row, column, reason and value, and then applies none', async () => {
    await load('152523', [card({ net_value: '0.01' }), card({ asset_no: 'A2', acquired_on: '1900-01-01', use_status: '' }), card({ asset_no: 'A3', booked_on: '2022-01-01' }), card({ asset_no: 'A4', keeper: '' })])
    const paths = await workbooks(test, config, '152523', (line) => {
      if (line.rule === 'F02') return line.field === '账面净值' ? { correction: '3600.005' } : line.field === '累计折旧' ? { correction: '7199.99' } : { value: '1.00' }
      if (line.rule === 'D08') return { correction: '2023-02-30' }
      if (line.rule === 'S01') return { correction: '在库' }
      if (line.rule === 'D03' && line.field === '记账日期') return { correction: '2023-01-20', code: line.code.replace('A3', 'A9').replace(/.$/, (last) => (last === '0' ? '1' : '0')) }
      return line.rule === 'S02' && line.field === '使用人' ? { explanation: '属实' } : undefined
    })
    const outcome = await bringBack(paths)
    if (outcome.ok || !outcome.problems) throw new Error('it was taken')
    const told = outcome.problems.map((problem) => formatRowProblem(problem, 'zh'))
    expect(told).toEqual(expect.arrayContaining([
      expect.stringMatching(/^001-1\.xlsx:更正:\d+ 更正值: 不是金额.*\(3600\.005\)$/), expect.stringMatching(/更正值: 不是日期.*\(2023-02-30\)$/),
      expect.stringMatching(/更正值: 不在允许的取值之中 \(在库\)$/), expect.stringMatching(/当前值: 「当前值」被改动.*\(1\.00\)$/),
      expect.stringMatching(/当前值: 发出更正表之后/), expect.stringMatching(/说明: 没有进行中的年结.*\(属实\)$/),
    ]))
    expect(told).toHaveLength(6)
    expect((await row('152523', 'A1')).accumulated_depreciation).toBe(360_000n)
  })

  it('is refused from who may not correct cards, and from who acts for another district', async () => {
    await load('152526', [card({ net_value: '0.01' })])
    const paths = await workbooks(test, config, '152526', forRule('F02', '账面净值', '3600'))
    expect(await bringBack(paths)).toMatchObject({ ok: false, refused: { code: 'wrong-district' } })
    expect(await bringBack(paths, '审计')).toMatchObject({ ok: false, refused: { code: 'wrong-role' } })
    expect((await row('152526', 'A1')).net_value).toBe(1n)
  })

  it('may come twice: the second time everything is so already; a changed card is not written over', async () => {
    await load('152524', [card({ net_value: '0.01' }), card({ asset_no: 'A2', net_value: '0.02' })])
    const paths = await workbooks(test, config, '152524', forRule('F02', '账面净值', '3600'))
    const later = await workbooks(test, config, '152524', (line) => (line.assetNo === 'A1' ? forRule('F02', '账面净值', '3500')(line) : undefined))
    expect(await bringBack(paths)).toMatchObject({ ok: true, districts: [{ corrections: 2, version: 2 }] })
    expect(await bringBack(paths)).toMatchObject({ ok: true, districts: [{ corrections: 0, settled: 2, version: 2 }] })
    expect(await bringBack(later)).toMatchObject({ ok: false, problems: [{ code: 'card-changed', value: '3600.00' }] })
  })
})

describe('corrections and a later import', () => {
  const WRONG = card({ net_value: '0.01' })
  it('stay in force while the file has the old value, end when it has the corrected one or a third, and every time it is said', async () => {
    const start = [WRONG, card({ asset_no: 'A2', net_value: '0.02' }), card({ asset_no: 'A3', net_value: '0.03' }), card({ asset_no: 'A4', net_value: '0.04' })]
    await load('152525', start)
    await bringBack(await workbooks(test, config, '152525', forRule('F02', '账面净值', '3600')))
    const again = await importTexts(test, { district: '152525', year: YEAR, files: files(start) })
    expect(again.districts[0]).toMatchObject({ unchanged: true, version: 2, corrections: { kept: 4, adopted: 0, ended: [] } })
    expect((await row('152525', 'A1')).net_value).toBe(360_000n)
    const next = [card({ asset_no: 'A9', card_no: 'K9' }), start[0]!, card({ asset_no: 'A2' }), card({ asset_no: 'A3', net_value: '5.00' })]
    const changed = await importTexts(test, { district: '152525', year: YEAR, files: files(next) })
    expect(changed.districts[0]!.corrections).toMatchObject({
      kept: 1, adopted: 1, ended: [{ assetNo: 'A3', field: 'net_value', corrected: '360000', imported: '500', became: 'superseded' }, { assetNo: 'A4', became: 'gone' }],
    })
    expect([(await row('152525', 'A1')).net_value, (await row('152525', 'A2')).net_value, (await row('152525', 'A3')).net_value]).toEqual([360_000n, 360_000n, 500n])
    const histories = await cardHistories(test.pool, '152525', YEAR)
    expect(histories.map(({ assetNo, imported, versions }) => [assetNo, imported.net_value, versions[0]!.changes[0]!.standing])).toEqual([
      ['A1', '1', 'in-force'], ['A2', '360000', 'adopted'], ['A3', '500', 'superseded'], ['A4', '4', 'gone'],
    ])
    expect(histories[0]!.versions[0]).toMatchObject({ version: 2, actor: '工程师', round: 1, changes: [{ field: 'net_value', from: '1', to: '360000', rule: 'F02', reason: '按凭证' }] })
    // A check writes nothing, not even the ends of corrections.
    await importTexts(test, { district: '152525', year: YEAR, files: files([]), check: true })
    expect((await districtReview(test.db, '152525', YEAR))!.corrections).toEqual({ inForce: 1, adopted: 1, superseded: 1, gone: 1 })
  })

  it('find the very card again among cards of one number', async () => {
    const twins = [card({ location: '一楼', net_value: '1.00' }), card({ location: '二楼', net_value: '2.00' })]
    await load('152501', twins)
    await bringBack(await workbooks(test, config, '152501', (line) => (line.rule === 'F02' && line.value === '2.00' ? { correction: '3600' } : undefined)))
    await importTexts(test, { district: '152501', year: YEAR, files: files([twins[1]!, twins[0]!, card({ asset_no: 'A8' })]) })
    const { rows } = await test.pool.query(`select location, net_value from assets join scopes using (scope_id) where district = '152501' and asset_no = 'A1' order by location`)
    expect(rows).toEqual([{ location: '一楼', net_value: 100n }, { location: '二楼', net_value: 360_000n }])
  })

  it('count rounds: a workbook that asks the same again is the same round', async () => {
    await load('152527', [card({ net_value: '0.01' }), card({ asset_no: 'A2', unit: '002', voucher_no: '' })])
    const [, first] = await workbooks(test, config, '152527', forRule('F02', '账面净值', '3000'))
    const before = (await districtReview(test.db, '152527', YEAR))!
    await workbooks(test, config, '152527', () => undefined)
    expect((await districtReview(test.db, '152527', YEAR))!).toEqual(before)
    await bringBack([first!])
    await workbooks(test, config, '152527', () => undefined)
    const unit = (await districtReview(test.db, '152527', YEAR))!.units.find((one) => one.unit === '001')!
    expect(unit.rounds.slice(-2).map(({ round, left, returned }) => [round, left, returned.corrections])).toEqual([
      [before.round, { F: { error: 1, warning: 0, info: 0 } }, 1], [before.round + 1, { F: { error: 1, warning: 0, info: 0 } }, 0],
    ])
  })

  it('stand in the archive of the year, each batch with a signature that holds', async () => {
    const { rows: [batches] } = await test.pool.query<{ n: number }>('select count(*)::int as n from asset_batches')
    expect(await archiveVerdict(test.url, overlay, YEAR)).toMatchObject({ faults: [], signatures: batches!.n })
  })
})
