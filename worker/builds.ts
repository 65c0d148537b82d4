/** Bundles of the builds that ran here: a run that is open stays with its build, so its code must stay too. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from '@temporalio/client'
import type { Logger } from '../activities/deps.ts'
import type { WorkflowBundle } from './bundle.ts'
import { DEPLOYMENT } from './deployment.ts'

const FILE = 'workflow-bundle.js'

/** Keeps a copy of the bundle, whole or not at all. */
export function keepBuild(folder: string, { codePath, buildId }: WorkflowBundle): void {
  const place = join(folder, buildId)
  if (existsSync(join(place, FILE))) return
  mkdirSync(place, { recursive: true })
  const part = join(place, `${FILE}.${process.pid}`)
  copyFileSync(codePath, part)
  renameSync(part, join(place, FILE))
}

/** The kept builds, other than the current one, that open runs are pinned to. */
export async function buildsWithOpenRuns(
  connection: Connection, namespace: string, folder: string, currentBuild: string, log: Logger,
): Promise<WorkflowBundle[]> {
  const kept = existsSync(folder) ? readdirSync(folder).filter((name) => name !== currentBuild && existsSync(join(folder, name, FILE))) : []
  const open: WorkflowBundle[] = []
  for (const buildId of kept.sort()) {
    const { count } = await connection.workflowService.countWorkflowExecutions({
      namespace, query: `ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${buildId}'`,
    })
    if (Number(count) === 0) continue
    log.info({ build: buildId, runs: Number(count) }, 'serving an older build that still has open runs')
    open.push({ buildId, codePath: join(folder, buildId, FILE) })
  }
  return open
}
