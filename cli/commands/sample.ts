/** `nianjie sample`: input for trying everything out, with planted defects and the list of what must be found. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { writeSample } from '../../sample/generate.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'

interface SampleOptions {
  out: string
  seed: number
  entries: number
  year: number
  district: string[]
  corrected?: boolean
  clean?: boolean
  json?: boolean
}

export const SAMPLE_YEAR = 2025
export const SAMPLE_SEED = 1
export const SAMPLE_ENTRIES = 2000
const ENTRIES_MAX = 20_000_000

export function registerSample(program: Command, context: CliContext): void {
  const { t } = context
  program.command('sample')
    .description(t({
      zh: '生成示例数据：各区划一套完整、借贷平衡的年度数据，含预置差错与 expected.json',
      en: 'write sample input: a balanced year for each district, with planted defects and expected.json naming them',
    }))
    .requiredOption('--out <folder>', t({ zh: '输出文件夹', en: 'folder to write to' }))
    .option('--seed <n>', t({ zh: '种子：相同参数得到相同文件', en: 'seed: the same arguments give the same bytes' }), wholeNumber(
      0, 2 ** 31,
    ), SAMPLE_SEED)
    .option('--entries <n>', t({ zh: '每个区划的分录行数', en: 'entry lines of each district' }), wholeNumber(
      1, ENTRIES_MAX,
    ), SAMPLE_ENTRIES)
    .option('--year <year>', t({ zh: '结转年度', en: 'closing fiscal year' }), wholeNumber(2000, 2200), SAMPLE_YEAR)
    .addOption(new Option('--district <code>', t({ zh: '只生成该区划（可重复）', en: 'only this district (repeatable)' }))
      .argParser((code: string, codes: string[]) => [...codes, code]).default([] as string[], t({ zh: '全部', en: 'all' })))
    .option('--corrected', t({ zh: '改正只能由更正数据消除的差错', en: 'mend the defects that only corrected input can clear' }))
    .option('--clean', t({ zh: '不预置差错', en: 'plant no defects' }))
    .option('--json', t({ zh: '输出 JSON', en: 'print JSON' }))
    .action((options: SampleOptions) => writeAndTell(context, options))
}

async function writeAndTell(context: CliContext, options: SampleOptions): Promise<void> {
  const { out, seed, entries, year } = options
  const sample = await writeSample({
    out, seed, entries, year, districts: options.district, corrected: options.corrected ?? false, clean: options.clean ?? false,
    config: context.config(),
  }).catch((error: unknown) => {
    if (error instanceof RangeError) throw usageError({ zh: error.message, en: error.message })
    throw error
  })
  if (options.json) {
    context.printJson(sample)
    return
  }
  const codes = Object.keys(sample.districts)
  const findings = Object.values(sample.districts).reduce((sum, list) => sum + list.length, 0)
  context.print(context.t({
    zh: `已写入 ${out}：${codes.length} 个区划，每个 ${entries} 行分录，预置差错 ${findings} 处，见 expected.json`,
    en: `Wrote ${out}: ${codes.length} districts, ${entries} entry lines each, ${findings} findings planted, named in expected.json`,
  }))
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < low || value > high) throw new InvalidArgumentError(`${low}–${high}`)
    return value
  }
}
