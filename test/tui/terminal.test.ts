// In a real terminal: what tmux shows of the built program, at the smallest size, with and without colours, and after it was left.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { widthOf } from '../../cli/shared/width.ts'
import { fillBoard } from '../support/board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const PROGRAM = resolve('bin/nianjie.mjs')
const able = spawnSync('tmux', ['-V']).status === 0 && existsSync(PROGRAM) && existsSync(resolve('dist/cli/main.js'))

describe.skipIf(!able)('in tmux', () => {
  const socket = `nianjie-${process.pid}`
  let books: TestDatabase
  const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
  const screen = (...flags: string[]) => tmux('capture-pane', '-p', ...flags, '-t', 'ui')
  const keys = (...names: string[]) => tmux('send-keys', '-t', 'ui', ...names)
  const shows = (text: string | RegExp) => expect.poll(() => screen(), { interval: 100 }).toMatch(text)

  const open = (env: string, args: string) => {
    tmux('kill-session', '-t', 'ui')
    tmux('new-session', '-d', '-s', 'ui', '-x', '80', '-y', '24', `env DATABASE_URL='${books.url}' NIANJIE_KEYS=/nonexistent ${env} '${process.execPath}' '${PROGRAM}' ${args}; echo left with $?; sleep 60`)
  }

  beforeAll(async () => {
    books = await createTestDatabase()
    await fillBoard(books.db)
    tmux('new-session', '-d', '-s', 'keep')
    tmux('new-session', '-d', '-s', 'ui')
  })
  afterAll(async () => {
    if (able) tmux('kill-server')
    await books?.drop()
  })

  it('shows the districts in columns, moves, and gives the terminal back', async () => {
    open('', '--lang zh')
    await shows('锡林郭勒盟本级')
    const rows = screen().split('\n').filter((line) => /[◦✓⊘▸✎✗◫⌀] /.test(line)).slice(0, 12)
    expect(rows).toHaveLength(12)
    expect(new Set(rows.map((row) => widthOf(row.slice(0, row.search(/[◦✓⊘▸✎✗◫⌀] /))))).size).toBe(1)
    keys('jj', 'Enter')
    await shows(/总览 › 锡林浩特市\n/)
    tmux('resize-window', '-t', 'ui', '-x', '60', '-y', '20')
    await shows('窗口太小')
    tmux('resize-window', '-t', 'ui', '-x', '100', '-y', '30')
    await shows('在途单据检查')
    keys('q')
    await shows('left with 0')
    expect(screen()).not.toContain('锡林')
  })

  it('changes by itself when the database does', async () => {
    open('', '--lang en --ascii')
    await shows(/Abag Banner +16/)
    await books.db.updateTable('step_states').set({ state: 'approved' }).where('step', '=', 'asset-health').where('state', '=', 'running').execute()
    await shows(/Abag Banner +33/)
    keys('C-c')
    await shows('left with 0')
  })

  it('has no colours with NO_COLOR', async () => {
    open('NO_COLOR=1', '--lang en')
    await shows('Xilinhot')
    expect(screen('-e')).not.toContain('\u001b[3')
    keys('q')
    await shows('left with 0')
  })
})
