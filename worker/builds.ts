/** Bundles of the builds that ran here: a run that is open stays with its build, so its code must stay too. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from '@temporalio/client'
import type { WorkflowBundle } from './bundle.ts'
import { DEPLOYMENT, currentBuild } from './deployment.ts'

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

/**
 * The kept builds, other than the worker's own, that runs need: open ones are pinned to it, or new ones still go to it
 * because no worker has made a later build the current one.
 */
export async function neededBuilds(
  connection: Connection, namespace: string, folder: string, ownBuild: string,
): Promise<WorkflowBundle[]> {
  const kept = existsSync(folder)
    ? readdirSync(folder).filter((name) => name !== ownBuild && existsSync(join(folder, name, FILE)))
    : []
  if (kept.length === 0) return []
  const current = await currentBuild(connection, namespace)
  const needed: WorkflowBundle[] = []
  for (const buildId of kept.sort()) {
    if (buildId !== current && await openRuns(connection, namespace, buildId) === 0) continue
    needed.push({ buildId, codePath: join(folder, buildId, FILE) })
  }
  return needed
}

async function openRuns(connection: Connection, namespace: string, buildId: string): Promise<number> {
  const { count } = await connection.workflowService.countWorkflowExecutions({
    namespace, query: `ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${buildId}'`,
  })
  return Number(count)
}
