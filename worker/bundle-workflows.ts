/** Bundles the workflow code. Done once, at build time and once for a test run: a worker never bundles by itself. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker'

/** Bundled from the sources, so that the build and the tests run the very same code under the same build id. */
const SOURCES = ['../workflows/index.ts', '../../workflows/index.ts']

/** The code of the bundle of `entry`, of the product's workflows without it. @throws Error naming what a workflow must not use */
export async function bundleWorkflows(entry?: string): Promise<string> {
  const workflowsPath = entry
    ?? SOURCES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path))
  if (!workflowsPath) throw new Error('workflows/index.ts is not there: the bundle can only be made in a checkout')
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') })
  return code
}
