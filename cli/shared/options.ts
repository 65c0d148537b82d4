/** Options that several commands share. */
import { InvalidArgumentError, Option } from 'commander'
import { latestYear } from '../../books/read-model/current.ts'
import type { DistrictNames } from '../../books/read-model/status.ts'
import { loadConfigFile } from '../../config/load.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { STEPS } from '../../domain/steps.ts'
import type { CliContext } from './context.ts'
import { usageError } from './exit.ts'

/** Parser of a fiscal year. @throws InvalidArgumentError */
export function parseYear(text: string): number {
  if (!/^(19|20|21)\d\d$/.test(text)) throw new InvalidArgumentError('应为四位年度 expected a year of four digits, such as 2025.')
  return Number(text)
}

/** `--year Y`, the closing fiscal year. */
export const yearOption = (context: CliContext) =>
  new Option('--year <year>', context.t({ zh: '结账年度（默认：正在进行的年度）', en: 'closing fiscal year (default: the one under way)' }))
    .argParser(parseYear)

/** `--district D…`, repeatable or several at once. */
export const districtsOption = (context: CliContext) =>
  new Option('--district <code...>', context.t({ zh: '只看这些区划', en: 'only these districts' }))

/** `--district D`, one that must be named. */
export const districtOption = (context: CliContext) =>
  new Option('--district <code>', context.t({ zh: '区划', en: 'district' })).makeOptionMandatory()

/** `--rehearsal`: the rehearsal's results in place of the real ones. */
export const rehearsalOption = (context: CliContext) =>
  new Option('--rehearsal', context.t({ zh: '看演练', en: 'look at the rehearsal' }))

/** `--step S`. */
export const stepOption = (context: CliContext) =>
  new Option('--step <step>', context.t({ zh: '步骤', en: 'step' })).choices([...STEPS])

/** `--as ACTOR`, which every signed word needs. */
export const asOption = (context: CliContext) =>
  new Option('--as <actor>', context.t({ zh: '以哪位操作人的身份', en: 'as which actor' })).makeOptionMandatory()

export const jsonOption = (context: CliContext) =>
  new Option('--json', context.t({ zh: '输出一个 JSON 文档', en: 'print one JSON document' }))

/** District names by code, disabled ones too: an old year may have them. */
export function districtNames(context: CliContext): DistrictNames {
  const { districts } = loadConfigFile('districts', overlayFolder(context.env))
  return new Map(districts.map((district) => [district.code, district.name]))
}

/** Codes as given, checked. @throws CliError usage naming an unknown one and those that exist */
export function knownDistricts(context: CliContext, codes: readonly string[] | undefined): string[] | undefined {
  const names = districtNames(context)
  const wanted = codes?.flatMap((code) => code.split(',')).filter(Boolean)
  const unknown = wanted?.filter((code) => !names.has(code)) ?? []
  if (unknown.length > 0) {
    throw usageError({
      zh: `没有区划 ${unknown.join('、')}；可用：${[...names.keys()].join(' ')}`,
      en: `no district ${unknown.join(', ')}; there are: ${[...names.keys()].join(' ')}`,
    })
  }
  return wanted
}

/** Those asked for, else every enabled district. @throws CliError usage */
export function chosenDistricts(context: CliContext, given: readonly string[] | undefined): string[] {
  return knownDistricts(context, given)
    ?? context.config().districts.districts.filter(({ enabled }) => enabled).map(({ code }) => code)
}

/** The year asked for, or the one under way. @throws CliError usage when the database has none */
export async function yearOf(context: CliContext, given: number | undefined): Promise<number> {
  if (given !== undefined) return given
  const latest = await latestYear((await context.books()).db)
  if (latest !== null) return latest
  throw usageError({
    zh: '数据库中还没有任何年度：先用 nianjie import 导入数据，或用 --year 指定',
    en: 'the database has no year yet: load input with nianjie import first, or give --year',
  })
}

/** Parser of `xlsx,csv`: some of `known`, in their order whatever was given. Its error names them all. */
export function listOf<Word extends string>(known: readonly Word[]): (text: string) => Word[] {
  return (text) => {
    const wanted = text.split(',').map((one) => one.trim().toLowerCase())
    if (!wanted.every((one) => (known as readonly string[]).includes(one))) throw new InvalidArgumentError(known.join(','))
    return known.filter((word) => wanted.includes(word))
  }
}
