/** The Node that this project pins. npm may run the scripts with an older one. */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './freshness.mjs'

const PINNED = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Path of the pinned Node; the running one where that is new enough and none was installed. */
export function pinnedNode() {
  if (existsSync(PINNED)) return PINNED
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return undefined
}

/** True when this process runs on it. */
export function runsPinned() {
  const pinned = pinnedNode()
  return pinned !== undefined && realpathSync(pinned) === realpathSync(process.execPath)
}
