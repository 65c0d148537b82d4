/** Worker versioning: which build new runs go to. Runs that are open stay with the build that they began on. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, isGrpcServiceError } from '@temporalio/client'
import { SQL_TASK_QUEUE, TASK_QUEUE } from '../workflows/ids.ts'

export const DEPLOYMENT = 'nianjie'
const PATIENCE_MS = 30_000
/** gRPC's code. */
const NOT_FOUND = 5

/**
 * New runs go to this build from now on.
 * The server knows a build only after its workers have polled, on both queues: asked again until then.
 * @throws Error when the server does not take it within 30 s
 */
export async function makeCurrent(connection: Connection, namespace: string, buildId: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      if (await pollsBothQueues(connection, namespace, buildId)) {
        await connection.workflowService.setWorkerDeploymentCurrentVersion({
          namespace, deploymentName: DEPLOYMENT, buildId, identity: 'nianjie', ignoreMissingTaskQueues: true,
        })
        return
      }
    } catch (error) {
      if (!isGrpcServiceError(error) || Date.now() > until) throw error
    }
    if (Date.now() > until) throw new Error(`the server does not know build ${buildId} after ${PATIENCE_MS / 1000} s`)
    await sleep(100)
  }
}

/** The build that new runs go to; undefined before any was made current. */
export async function currentBuild(connection: Connection, namespace: string): Promise<string | undefined> {
  try {
    const { workerDeploymentInfo } = await connection.workflowService.describeWorkerDeployment({
      namespace, deploymentName: DEPLOYMENT,
    })
    return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? undefined
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return undefined
    throw error
  }
}

async function pollsBothQueues(connection: Connection, namespace: string, buildId: string): Promise<boolean> {
  const { versionTaskQueues } = await connection.workflowService.describeWorkerDeploymentVersion({
    namespace, deploymentVersion: { deploymentName: DEPLOYMENT, buildId },
  })
  const names = new Set((versionTaskQueues ?? []).map(({ name }) => name))
  return names.has(TASK_QUEUE) && names.has(SQL_TASK_QUEUE)
}
