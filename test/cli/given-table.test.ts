/** Small tables that people give: whichever encoding Excel chose, and all that is wrong at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { CliError } from '../../cli/shared/exit.ts'
import { readTable } from '../../cli/shared/given-table.ts'
import { encodeGb18030 } from '../../report/gb18030.ts'

const folder = mkdtempSync(join(tmpdir(), 'nianjie-table-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: string | Buffer): string {
  const path = join(folder, 'given.csv')
  writeFileSync(path, content)
  return path
}

function refusalOf(content: string | Buffer): string {
  try {
    readTable(file(content), ({ id }, complain) => { if (!id) complain('id', '缺少', 'missing') })
  } catch (error) {
    if (error instanceof CliError && error.code === 2) return error.text.en
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a table that is given', () => {
  it('reads alike in UTF-8, with a byte order mark and in GB18030', () => {
    const text = 'id, comment \r\nF1,重复支付\r\n\r\nF2,\r\n'
    for (const content of [text, `\ufeff${text}`, encodeGb18030(text)]) {
      expect(readTable(file(content), (cells) => cells)).toEqual([{ id: 'F1', comment: '重复支付' }, { id: 'F2', comment: '' }])
    }
  })

  it('is refused whole, with every bad row by its line', () => {
    const refused = refusalOf('id,comment\n,x\nF2,y\n,"z\n"\n')
    expect(refused).toContain('given.csv:2 id: 缺少 missing')
    expect(refused).toContain('given.csv:5 id:')
    expect(refused).not.toContain('given.csv:3')
  })

  it('is refused without rows, and when it is no text or no table', () => {
    expect(refusalOf('id,comment\n')).toContain('no rows')
    expect(refusalOf(Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xff, 0x0a]))).toContain('can not read')
    expect(refusalOf('id,comment\nF1\n')).toContain('can not read')
  })
})
