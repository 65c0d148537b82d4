/** `nianjie assets …`: the joint review of the assets with the units. Each subcommand is in a file of its own. */
import type { Command } from 'commander'
import type { CliContext } from '../shared/context.ts'
import { registerImportCorrections } from './assets-import.ts'
import { registerHistory, registerRounds } from './assets-review.ts'
import { registerLeagueSummary } from './assets-summary.ts'
import { registerWorkbook } from './assets-workbook.ts'

export function registerAssets(program: Command, context: CliContext): void {
  const group = program.command('assets')
    .description(context.t({
      zh: '与单位会审资产数据：更正表的发出与收回、轮次、卡片沿革',
      en: 'the joint review of the assets with the units: correction workbooks out and back, rounds, histories of cards',
    }))
  registerWorkbook(group, context)
  registerImportCorrections(group, context)
  registerRounds(group, context)
  registerHistory(group, context)
  registerLeagueSummary(group, context)
}
