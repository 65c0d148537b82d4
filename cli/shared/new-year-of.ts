/** Which district's new year a command looks at. */
import type { Command } from 'commander'
import { type NewYear, readNewYear } from '../../books/read-model/new-year.ts'
import type { CliContext } from './context.ts'
import { refusal } from './exit.ts'
import { districtNames, districtOption, jsonOption, knownDistricts, rehearsalOption, yearOf, yearOption } from './options.ts'

export interface NewYearOptions { district: string; year?: number; rehearsal?: boolean; json?: boolean }

/** The options of every look at a district's new year. */
export function withNewYear(context: CliContext, command: Command): Command {
  return command.addOption(districtOption(context))
    .addOption(yearOption(context)).addOption(rehearsalOption(context))
    .addOption(jsonOption(context))
}

/** The district's new year. @throws CliError refused when it was never started, or (with `made`) not initialised */
export async function newYearOf(
  context: CliContext, options: NewYearOptions, made: boolean,
): Promise<NewYear & { generation: number }> {
  const [district] = knownDistricts(context, [options.district])!
  const year = await yearOf(context, options.year)
  const found = await readNewYear((await context.books()).db, { year, rehearsal: options.rehearsal }, district!)
  if (!found) {
    throw refusal({
      code: 'not-started', zh: `${district} ${year} 年度还没有启动年结`, en: `the year-end of ${district} ${year} was not started`,
    })
  }
  if (made && found.generation === null) {
    throw refusal({
      code: 'not-initialised', zh: `${district} ${year + 1} 年度尚未初始化：先完成年终结转，或用 nianjie start --rehearse 演练`,
      en: `${district} has no initialised ${year + 1} yet: finish the carry-forward first, or try nianjie start --rehearse`,
    })
  }
  return found as NewYear & { generation: number }
}

/** `152501 NAME 2025 → 2026` */
export const headline = (context: CliContext, { district, year }: NewYear): string =>
  `${district} ${context.t(districtNames(context).get(district) ?? { zh: '', en: '' })} ${year} → ${year + 1}`
