/** The workflow bundle that the build made, and the build id that pins runs to it. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface WorkflowBundle {
  codePath: string
  /** 16 hexadecimal digits of the bundle's SHA-256: other workflow code is another version, the same code is the same. */
  buildId: string
}

/** Beside this file in the build; one level up and in dist/ from the sources. */
const PLACES = ['../workflow-bundle.js', '../dist/workflow-bundle.js']

/**
 * Where the bundle is. NIANJIE_TEST_WORKFLOW_BUNDLE names the one of a test run.
 * @throws Error when it was not built
 */
export function workflowBundle(env: NodeJS.ProcessEnv = process.env): WorkflowBundle {
  const places = [env.NIANJIE_TEST_WORKFLOW_BUNDLE, ...PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)))]
  const codePath = places.find((place) => place && existsSync(place))
  if (!codePath) throw new Error('没有工作流程序包，先运行 npm run build. The workflow bundle is missing: run npm run build')
  return { codePath, buildId: buildIdOf(readFileSync(codePath)) }
}

/** The build id of bundled code. */
export function buildIdOf(code: string | Buffer): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16)
}
