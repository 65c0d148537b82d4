/** What a district of the sample consists of: units, books, projects, indicators. Fixed by seed, district and size. */
import type { Config } from '../config/load.ts'
import { type Code, ECONOMICS, PROJECT_NAMES, UNIT_TEMPLATES, type UnitTemplate } from './catalogue.ts'
import { type Random, random } from './random.ts'

export interface SampleUnit extends UnitTemplate { book: string; parent: string }
export interface Indicator {
  number: string
  unit: SampleUnit
  function: string
  economic: string
  project: string
  fund: 'general' | 'government-fund' | 'state-capital'
  originYear: number
  category: 'basic' | 'project'
  adjusted: bigint
  /** What is left at the year's end. */
  remaining: bigint
  /** Completed payments less refunds, kept as they are made. */
  paid: bigint
  occupied: bigint
  /** The R10 defect: what the indicator says beyond its documents. */
  overstated: bigint
}
export interface DistrictPlan {
  seed: number
  year: number
  district: string
  /** Name as its units carry it. */
  place: string
  isLeague: boolean
  /** The districts that get transfers of the league; empty for the others. */
  banners: readonly string[]
  units: readonly SampleUnit[]
  treasury: string
  special: string
  projects: readonly Code[]
  indicators: readonly Indicator[]
  entries: number
  random(...name: (string | number)[]): Random
}

const UNITS_MIN = 6
const UNITS_MAX = 120
const ENTRIES_PER_UNIT = 2500
const INDICATORS_PER_UNIT_MAX = 12

/** Plans a district. `index` is its place among the enabled districts. */
export function planDistrict(
  config: Pick<Config, 'districts'>, input: { seed: number; year: number; district: string; entries: number },
): DistrictPlan {
  const { seed, year, district, entries } = input
  const stream = (...name: (string | number)[]) => random(seed, district, ...name)
  const enabled = config.districts.districts.filter((one) => one.enabled)
  const name = config.districts.districts.find((one) => one.code === district)!.name.zh
  const isLeague = district === config.districts.league
  const count = Math.min(UNITS_MAX, UNITS_MIN + stream('units').int(0, 2) + Math.floor(entries / ENTRIES_PER_UNIT))
  const units = planUnits(count)
  const projects = PROJECT_NAMES.map((project, index) => ({
    code: `${district}25P${String(index + 1).padStart(3, '0')}`, name: project,
  }))
  return {
    seed, year, district, place: name.replace('本级', ''), isLeague,
    banners: isLeague ? enabled.map((one) => one.code).filter((code) => code !== district) : [],
    units, treasury: 'ZKJ', special: 'ZH', projects, entries, random: stream,
    indicators: planIndicators(stream('indicators'), { year, district, units, projects, entries }),
  }
}

function planUnits(count: number): SampleUnit[] {
  return Array.from({ length: count }, (_, index) => {
    const known = UNIT_TEMPLATES[index]
    const school = UNIT_TEMPLATES[2]!
    const template = known
      ?? { ...school, code: `102${String(100 + index)}`, name: `第${index - UNIT_TEMPLATES.length + 2}小学`, functions: ['2050202'] }
    return { ...template, book: `U${template.code}`, parent: template.code.slice(0, 3) }
  })
}

interface IndicatorInput {
  year: number; district: string; units: readonly SampleUnit[]; projects: readonly Code[]; entries: number
}

function planIndicators(draw: Random, input: IndicatorInput): Indicator[] {
  const each = Math.min(INDICATORS_PER_UNIT_MAX, 3 + Math.floor(input.entries / 20_000))
  const leaves = ECONOMICS.filter((code) => code.code.length === 5 && !code.code.startsWith('310'))
  const indicators: Indicator[] = []
  for (const unit of input.units) {
    for (let index = 0; index < each; index += 1) {
      const basic = index === 0
      const fund = planFund(unit, index)
      indicators.push({
        number: `ZB${input.year}${String(indicators.length + 1).padStart(5, '0')}`, unit, fund,
        function: fund === 'government-fund'
          ? '2120801'
          : fund === 'state-capital' ? '2230105' : unit.functions[index % unit.functions.length]!,
        economic: draw.pick(leaves).code,
        project: basic
          ? `${input.district}JB${unit.code}`
          : input.projects[(indicators.length + index) % input.projects.length]!.code,
        originYear: index === 2 && draw.chance(40) ? input.year - 1 : input.year, category: basic ? 'basic' : 'project',
        adjusted: draw.chance(30) ? draw.fen(-20_000, 80_000) : 0n,
        remaining: draw.chance(35) ? 0n : draw.fen(1_000, 90_000), paid: 0n, occupied: 0n, overstated: 0n,
      })
    }
  }
  return indicators
}

function planFund(unit: SampleUnit, index: number): Indicator['fund'] {
  if (unit.code === '110001' && index === 1) return 'government-fund'
  if (unit.code === '101001' && index === 2) return 'state-capital'
  return 'general'
}
