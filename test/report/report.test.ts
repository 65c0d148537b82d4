// The progress report: one model from PostgreSQL, the same bytes for the same state, nothing in the data can break out of it.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { districtPage } from '../../report/html/district.ts'
import { leaguePage } from '../../report/html/league.ts'
import { type YearReport, countBySeverity } from '../../report/model.ts'
import { readReport } from '../../report/read.ts'
import { FORMATS, reportJson, writeReport } from '../../report/write.ts'
import { workbook } from '../../report/xlsx.ts'
import { BOARD, fillBoard } from '../support/board.ts'
import { type TestDatabase, createTestDatabase } from '../support/database.ts'
import { sheetsOf } from '../support/sheets.ts'

const HOSTILE = `"><script>alert('xss')</script><img src=x onerror=1>&amp;\u001b[31m\u202Eevil`

let database: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'nianjie-report-'))
const read = () => readReport(database.db, { year: 2025 })

beforeAll(async () => {
  database = await createTestDatabase()
  await fillBoard(database.db)
  await sql`update rule_packs set content = ${JSON.stringify({
    districts: { districts: BOARD.map(({ code }) => ({ code, name: { zh: code === '152501' ? `二连浩特${HOSTILE}` : `区划${code}`, en: `District ${code}` } })) },
  })}::jsonb`.execute(database.db)
  await sql`update findings set message_zh = ${HOSTILE}, key = ${`ZC/${HOSTILE}`} where rule = 'F03'`.execute(database.db)
  await sql`update decisions set payload = ${JSON.stringify({ comment: HOSTILE })} where kind = 'approve'`.execute(database.db)
  await sql`update finding_decisions set comment = ${HOSTILE}`.execute(database.db)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database?.drop()
})

describe('the model', () => {
  it('has every district of the year, each step with its times, and nothing of other years', async () => {
    const report = await read()
    expect(report.districts.map((district) => district.code)).toEqual(BOARD.map((district) => district.code))
    const done = report.districts.find((district) => district.code === '152501')!
    expect(done).toMatchObject({ state: 'completed', percent: 100, audit: { sequence: '1' } })
    expect(done.steps.map((step) => [step.state, step.history.length, step.results.length])).toEqual(Array.from({ length: 6 }, () => ['approved', 2, 1]))
  })

  it('names the last link of the audit chain, also when it has more digits than the one before', async () => {
    for (let link = 2; link <= 11; link += 1) await sql`select audit.append('152501', 'test', 'tester', ${`link-${link}`}, '{}')`.execute(database.db)
    expect((await read()).districts.find((district) => district.code === '152501')!.audit).toMatchObject({ sequence: '11' })
  })

  it('keeps who approved what having seen which evidence, and who decided what with which words', async () => {
    const done = (await read()).districts.find((district) => district.code === '152501')!
    expect(done.approvals.find((one) => one.step === 'reconcile')).toMatchObject({ actor: 'wang.li', evidenceDigest: 'evidence-reconcile', accepted: true, comment: HOSTILE })
    const decided = done.findings.find((one) => one.rule === 'R10')!
    expect(decided.words).toEqual([expect.objectContaining({ actor: 'bao.yin', action: 'explain', comment: HOSTILE, accepted: true, void: false })])
  })

  it('counts findings as the status does; those that corrected input cleared are kept, and counted apart', async () => {
    const run = sql`run_id = (select run_id from runs where workflow_id = 'year-end-152502')`
    await sql`update findings set status = 'resolved', closed_by = 'recheck', closed_at = now() where ${run} and rule = 'PAY_CERT'`.execute(database.db)
    const district = (await read()).districts.find((one) => one.code === '152502')!
    const { cleared, ...counts } = countBySeverity(district.findings)
    const sum = (key: 'error' | 'warning' | 'info' | 'open') => district.steps.reduce((all, { findings }) => all + findings[key], 0)
    expect(counts).toEqual({ error: sum('error'), warning: sum('warning'), info: sum('info'), open: sum('open') })
    expect(cleared).toBe(1)
    expect(district.findings.length).toBe(counts.error + counts.warning + counts.info + 1)
    expect(districtPage(await read(), district)).toContain('no longer seen when checked again')
    await sql`update findings set status = 'open', closed_by = null, closed_at = null where ${run} and rule = 'PAY_CERT'`.execute(database.db)
  })

  it('lists refused and void approvals beside those that hold', async () => {
    await sql`update decisions set void_at = '2026-01-01T01:00:00Z', void_reason = 'input changed' where decision_id =
      (select decision_id from decisions where kind = 'approve' and step = 'reconcile' order by run_id limit 1)`.execute(database.db)
    const approvals = (await read()).districts.flatMap((district) => district.approvals)
    expect(approvals.find((one) => one.voidAt !== null)).toMatchObject({ voidAt: '2026-01-01T01:00:00.000Z', voidReason: 'input changed' })
    expect(approvals.length).toBeGreaterThan(1)
  })

  it('has the escalations', async () => {
    const alarms = (await read()).districts.flatMap((district) => district.alarms)
    expect(alarms.length).toBeGreaterThan(0)
    expect(alarms[0]).toMatchObject({ kind: 'escalation', level: 1, toRoles: ['coordinator'] })
  })
})

describe('the files', () => {
  it('are the same bytes for the same state, workbooks and charts included', async () => {
    const write = async (name: string) => {
      await writeReport(await read(), join(folder, name), FORMATS)
      return readdirSync(join(folder, name)).sort().map((file) => [file, createHash('sha256').update(readFileSync(join(folder, name, file))).digest('hex')])
    }
    const first = await write('first')
    await new Promise((resolve) => { setTimeout(resolve, 2100) })
    expect(await write('second')).toEqual(first)
    expect(first.map(([file]) => file)).toContain('league-2025.html')
  })

  it('change with the state', async () => {
    const before = reportJson(await read())
    await sql`update step_states set escalation_level = escalation_level + 1 where step = 'sign-off'`.execute(database.db)
    expect(reportJson(await read())).not.toBe(before)
  })
})

describe('HTML', () => {
  const pages = (report: YearReport) => [leaguePage(report, (district) => `${district.code}.html`), ...report.districts.map((district) => districtPage(report, district))]

  it('escapes everything that comes from data', async () => {
    for (const page of pages(await read())) {
      expect(page).not.toMatch(/<script|<img|onerror=1>/)
      // oxlint-disable-next-line no-control-regex
      expect(page).not.toMatch(/[\u0000-\u0008\u001B\u202E]/)
    }
    expect(pages(await read()).join('')).toContain('&lt;script&gt;alert(&#39;xss&#39;)&lt;/script&gt;')
  })

  it('loads nothing and runs nothing', async () => {
    for (const page of pages(await read())) {
      expect(page).not.toMatch(/(?:src|href)="(?!\d{6}\.html")/)
      expect(page).not.toMatch(/url\(|@import/)
      expect(page).toContain("default-src 'none'")
    }
  })

  it('has its charts as SVG', async () => {
    const [league, ...districts] = pages(await read())
    expect(league!.match(/<svg /g)).toHaveLength(2)
    expect(districts[1]!.match(/<svg /g)).toHaveLength(2)
  })
})

describe('XLSX', () => {
  it('can be read back, with numbers as numbers and hostile text as text', async () => {
    const sheets = await sheetsOf(await workbook(await read()))
    expect(Object.keys(sheets)).toEqual(['概览 Overview', '步骤 Steps', '时间去向 Time', '预计完成 Forecast', '发现 Findings', '差异 Differences', '余额调节 Balances', '对账确认 Confirmations', '月度对账 Months', '上下级 Levels', '资产健康 Asset health', '处理 Decisions', '审批 Approvals', '期初 Openings', '结转证明 Proof', '新旧差异 New year', '试运行 Trial day', '用户问题 Problems', '问题记录 Problem events', '升级 Alarms', '输入 Input'])
    const findings = sheets['发现 Findings']!
    const row = findings.find((cells) => cells.some((cell) => cell.value === 'PAY_CERT/ZF20250001208'))!
    expect(row.find((cell) => cell.value === '123456.78')).toEqual({ type: 'n', value: '123456.78' })
    const hostile = findings.flat().find((cell) => cell.value.startsWith('ZC/'))!
    expect(hostile.type).toBe('s')
    expect(hostile.value).toContain(`"><script>alert('xss')</script>`)
    // oxlint-disable-next-line no-control-regex
    expect(hostile.value).not.toMatch(/[\u0000-\u001F\u202E]/)
  })
})
