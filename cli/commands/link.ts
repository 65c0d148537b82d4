/**
 * `nianjie link`: which code, indicator or document of one year is which of the next, through all years and in both directions.
 */
import { type Command, Option } from 'commander'
import { type Link, type LinkEnd, type LinkHow, followLinks } from '../../books/links/index.ts'
import { loadConfigFile } from '../../config/load.ts'
import { overlayFolder } from '../../config/overlay.ts'
import { displayYuan, parseYuan } from '../../domain/money.ts'
import type { CliContext } from '../shared/context.ts'
import { usageError } from '../shared/exit.ts'
import type { Text } from '../shared/lang.ts'
import { districtNames, districtsOption, jsonOption, knownDistricts, parseYear } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { table } from '../shared/width.ts'

interface LinkOptions { district?: string[]; table?: string; year?: number; rehearsal?: boolean; json?: boolean }

export const LINK_WORDS: Record<LinkHow, Text> = {
  same: { zh: '不变', en: 'same' }, mapped: { zh: '对照', en: 'mapped' }, split: { zh: '拆分', en: 'split' },
  merged: { zh: '归并', en: 'merged' },
  carried: { zh: '结转', en: 'carried' }, surplus: { zh: '结余收回', en: 'recovered as surplus' }, spent: { zh: '已用完', en: 'spent' },
  dropped: { zh: '停用', en: 'dropped' },
}

export function registerLink(program: Command, context: CliContext): void {
  const { t } = context
  program.command('link')
    .description(t({
      zh: '上下年度衔接：代码、指标、单据的新旧对应，双向、跨年追溯',
      en: 'the link between years: codes, indicators and documents followed in both directions',
    }))
    .argument('<code>', t({ zh: '代码、指标号或单据号', en: 'a code, the number of an indicator or document' }))
    .addOption(districtsOption(context))
    .addOption(new Option(
      '--table <table>',
      t({ zh: '只看该表（如 function）、indicator 或单据类型', en: 'only this table (such as function), indicator, or a type of documents' }),
    ))
    .addOption(new Option('--year <year>', t({ zh: '从该年度的代码开始', en: 'begin with the code of this year' })).argParser(parseYear))
    .addOption(new Option('--rehearsal', t({ zh: '指标与单据取演练的结转', en: 'indicators and documents as the rehearsal carried them' })))
    .addOption(jsonOption(context))
    .action((code: string, options: LinkOptions) => printLinks(context, code, options))
}

async function printLinks(context: CliContext, code: string, options: LinkOptions): Promise<void> {
  const { starts, links } = await followLinks((await context.books()).db, {
    code, districts: knownDistricts(context, options.district), table: tableOf(context, options.table), year: options.year,
    rehearsal: options.rehearsal,
  })
  if (starts.length === 0) {
    throw usageError({
      zh: `没有找到 ${safeText(code)}：它不在任何年度的对照、基础要素、指标或单据中`,
      en: `${safeText(code)} was not found: no year has it among its mappings, codes, indicators or documents`,
    })
  }
  if (options.json) return context.printJson({ code, found: starts.map(({ rehearsal: _rehearsal, ...start }) => start), links })
  context.print([...Map.groupBy(starts, (start) => `${start.district}\n${start.table}`)].map(([key]) => {
    const [district, name] = key.split('\n') as [string, string]
    return sectionText(context, district, name, links.filter((link) => link.district === district && link.table === name))
  }).join('\n\n'))
}

/** A table by its key or its Chinese name; a type of documents as it is. */
function tableOf(context: CliContext, given: string | undefined): string | undefined {
  const { tables } = loadConfigFile('initialise', overlayFolder(context.env))
  return Object.entries(tables).find(([, { name }]) => name.zh === given)?.[0] ?? given
}

function sectionText(context: CliContext, district: string, name: string, links: readonly Link[]): string {
  const { t, lang } = context
  const overlay = overlayFolder(context.env)
  const words = loadConfigFile('initialise', overlay).tables[name]?.name ?? loadConfigFile('documents', overlay).types[name]?.name
    ?? (name === 'indicator' ? { zh: '指标', en: 'Indicator' } : { zh: '', en: '' })
  const place = districtNames(context).get(district)
  const right = (title: string) => ({ title, align: 'right' as const })
  const head = `${district} ${place ? t(place) : ''}  ${t(words)} ${name}`
  if (links.length === 0) return `${head}\n${t({ zh: '（没有与其他年度的联系）', en: '(no link with another year)' })}`
  const rows = links.map((link) => [
    String(link.from.year), endText(link.from), '→', String(link.from.year + 1),
    link.to ? endText(link.to) : t({ zh: '（终止）', en: '(ends)' }),
    t(LINK_WORDS[link.how]), link.share !== null && link.share !== '1' ? link.share : '',
    link.amount === null ? '' : displayYuan(parseYuan(link.amount))])
  return `${head}\n${table(lang === 'zh'
    ? [{ title: '年度' }, { title: '代码' }, { title: '' }, { title: '年度' }, { title: '代码' }, { title: '联系' }, right('份额'), right('金额')]
    : [{ title: 'Year' }, { title: 'Code' }, { title: '' }, { title: 'Year' }, { title: 'Code' }, { title: 'Link' }, right('Share'), right('Amount')], rows)}`
}

const endText = ({ code, name }: LinkEnd): string => (name ? `${code} ${name}` : code)
