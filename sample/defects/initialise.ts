/** Setup tables and mappings that can not be taken into the new year: I1–I4. Only corrected input helps. */
import type { Defect } from './defect.ts'

export const I1: Defect = {
  late: (world) => {
    world.setup.push({
      table: 'project', code: `${world.plan.district}26P900`, name: '数字牧区', parent: world.corrected ? '' : '26P', value: '',
      active: '1',
    })
    if (!world.corrected) world.expect('initialise', 'I1', `project/${world.plan.district}26P900`, 'error')
  },
}

export const I2: Defect = {
  late: (world) => {
    world.setup.push({
      table: 'bank-account', code: world.corrected ? 'NMB' : 'ABC', name: '内蒙古银行', parent: '', value: '0588770012', active: '1',
    })
    if (!world.corrected) world.expect('initialise', 'I2', 'bank-account/ABC', 'error')
  },
}

export const I3: Defect = {
  late: (world) => {
    world.mappings.push({ table: 'economic', old: '30208', new: world.corrected ? '30299' : '30999', share: '' })
    if (!world.corrected) world.expect('initialise', 'I3', 'economic/30208>30999', 'error')
  },
}

export const I4: Defect = {
  late: (world) => {
    const old = world.plan.projects[4]!
    for (const [suffix, share] of [['X', '0.5'], ['Y', world.corrected ? '0.5' : '0.4']]) {
      world.setup.push({
        table: 'project', code: `${old.code}${suffix}`, name: `${old.name}${suffix}`, parent: '', value: '', active: '1',
      })
      world.mappings.push({ table: 'project', old: old.code, new: `${old.code}${suffix}`, share: share! })
    }
    if (!world.corrected) world.expect('initialise', 'I4', `project/${old.code}`, 'error')
  },
}
