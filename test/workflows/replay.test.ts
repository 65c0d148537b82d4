/** Stored histories replay on today's workflow code: a change that open runs could not follow shows here first. */
import { readFileSync, readdirSync } from 'node:fs'
import { temporal } from '@temporalio/proto'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { workflowBundle } from '../../worker/bundle.ts'

const folder = new URL('../histories/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
Runtime.install({ logger: new DefaultLogger('ERROR') })

describe('the workflow code', () => {
  it('has histories to replay', () => expect(names.length).toBeGreaterThanOrEqual(6))

  it.each(names)('replays %s', async (name) => {
    const { History } = temporal.api.history.v1
    const history = History.fromObject(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as object)
    expect(history.events.length).toBeGreaterThan(10)
    const workflowId = name.startsWith('year-end') ? 'year-end-2025' : `year-end-2025-${name}`
    await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, workflowId)
  })
})
