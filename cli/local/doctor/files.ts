/** Checks of files: configuration, actors, keys and passwords. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadAttribution } from '../../../config/attribution.ts'
import { ConfigError, builtInFolder, loadActors, loadConfig } from '../../../config/load.ts'
import { overlayFolder } from '../../../config/overlay.ts'
import { loadServiceTargets } from '../../../config/service-targets.ts'
import { loadService } from '../../../config/service.ts'
import { safeText } from '../../shared/safe-text.ts'
import { homeOf } from '../home.ts'
import { type Check, type Outcome, ok, skipped, warning, wrong } from './check.ts'
import { lackingNames } from './older-copies.ts'

const configuration: Check = {
  key: 'configuration',
  title: { zh: '配置', en: 'configuration' },
  check: (env) => {
    const folder = overlayFolder(env)
    const there = existsSync(folder)
    if (env.NIANJIE_CONFIG && !there) {
      return wrong({ zh: `NIANJIE_CONFIG 指向的 ${folder} 不存在`, en: `NIANJIE_CONFIG: there is no ${folder}` },
        { zh: '建立这个目录，或改正 NIANJIE_CONFIG', en: 'make that folder, or correct NIANJIE_CONFIG' })
    }
    return problemsOf(() => { for (const read of [loadConfig, loadService, loadAttribution, loadServiceTargets]) read(folder) })
      ?? ok(there ? folder : { zh: '内置配置', en: 'the built-in one' })
  },
}

const olderCopies: Check = {
  key: 'older-copies',
  title: { zh: '配置副本', en: 'copies of configuration' },
  check: (env) => {
    const folder = overlayFolder(env)
    if (!existsSync(folder)) return skipped({ zh: '没有自己的配置', en: 'there is no configuration of its own' })
    const older = lackingNames(folder)
    if (older.length === 0) return ok(folder)
    const list = older.map(
      ({ file, names }) => safeText(`${file}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`),
    )
    return warning({ zh: `内置文件中有而这里没有：${list.join('；')}`, en: `the built-in file has these, the office's does not: ${list.join('; ')}` },
      {
        zh: `有意删去则不必理会；若是旧版副本，从 ${builtInFolder()} 补上`,
        en: `leave it if they were left out on purpose; of an older copy, take them over from ${builtInFolder()}`,
      })
  },
}

/** Working days of this year and the next: without them a fault outside the year-end window can not be taken in. */
const calendar: Check = {
  key: 'calendar',
  title: { zh: '工作日历', en: 'working-day calendar' },
  check: (env) => {
    let years: ReturnType<typeof loadService>['calendar'] = []
    const problem = problemsOf(() => { years = loadService(overlayFolder(env)).calendar })
    if (problem) return problem
    const wanted = [new Date().getFullYear(), new Date().getFullYear() + 1]
    const missing = wanted.filter((year) => !years.some((one) => one.year === year))
    const mend = {
      zh: '按国务院办公厅通知补上配置中的 calendar/<年>.yaml',
      en: "add or correct calendar/<year>.yaml of the configuration by the State Council's announcement",
    }
    if (missing.length > 0) {
      return warning({ zh: `没有 ${missing.join('、')} 年的`, en: `there is none of ${missing.join(', ')}` }, mend)
    }
    const unverified = wanted.filter((year) => years.some((one) => one.year === year && !one.verified))
    return unverified.length > 0
      ? warning({ zh: `${unverified.join('、')} 年的是暂定`, en: `that of ${unverified.join(', ')} is provisional` }, mend)
      : ok(wanted.join(', '))
  },
}

const actors: Check = {
  key: 'actors',
  title: { zh: '操作人', en: 'actors' },
  check: (env) => {
    let names: string[] = []
    const problem = problemsOf(() => { names = loadActors(overlayFolder(env)).actors.filter((actor) => !actor.revoked)
      .map((actor) => actor.name) })
    if (problem) return problem
    if (names.length === 0) {
      return warning({ zh: '一个也没有，没有人能审批', en: 'there are none, so nobody can approve' },
        { zh: '用 nianjie actor add 添加', en: 'add some with nianjie actor add' })
    }
    return ok(safeText(`${names.length}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`))
  },
}

const keys: Check = {
  key: 'keys',
  title: { zh: '私钥', en: 'private keys' },
  check: (env) => {
    const folder = env.NIANJIE_KEYS || join(homedir(), '.config', 'nianjie', 'keys')
    if (!existsSync(folder)) return skipped({ zh: `没有 ${folder}`, en: `there is no ${folder}` })
    const files = readdirSync(folder).filter((name) => name.endsWith('.key')).map((name) => join(folder, name))
    return openToOthers(files) ?? ok(`${folder}: ${files.length}`)
  },
}

const secrets: Check = {
  key: 'secrets',
  title: { zh: '数据库密码', en: 'database passwords' },
  check: (env) => {
    const file = join(homeOf(env), 'secrets.json')
    if (!existsSync(file)) return skipped({ zh: '尚未生成', en: 'not made yet' })
    return openToOthers([file]) ?? ok(file)
  },
}

/** Files that others than their owner can read. */
function openToOthers(files: readonly string[]): Outcome | undefined {
  const open = files.filter((file) => (statSync(file).mode & 0o077) !== 0)
  if (open.length === 0) return undefined
  const list = open.map(safeText)
  return wrong({ zh: `别人也能读：${list.join('、')}`, en: `others can read: ${list.join(', ')}` },
    {
      zh: `chmod 600 ${list.join(' ')}；可能已泄露的私钥用 nianjie actor revoke 作废`,
      en: `chmod 600 ${list.join(' ')}; revoke keys that may have leaked with nianjie actor revoke`,
    })
}

function problemsOf(load: () => unknown): Outcome | undefined {
  try {
    load()
    return undefined
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return wrong(safeText(error.problems.join('; ')), { zh: '按文件、行、列改正', en: 'correct it at that file, line and column' })
  }
}

export const FILE_CHECKS: readonly Check[] = [configuration, calendar, olderCopies, actors, keys, secrets]
