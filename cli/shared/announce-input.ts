/** After an import: what falls with the new input, and word to the runs that read it. */
import { runsBeside, type TouchedRun } from '../../books/import/consequences.ts'
import { watchedRun } from '../../books/undo.ts'
import { STEP_NAMES } from '../../domain/steps.ts'
import type { CliContext } from './context.ts'

interface NewInput { year: number; district: string; version: number; loaded: boolean; touched: readonly TouchedRun[] }

/**
 * Live runs look at their input again; what was approved on other input falls. Safe to repeat: unchanged input is announced too.
 */
export async function announceInput(context: CliContext, { year, district, version, loaded, touched }: NewInput): Promise<void> {
  const { db } = await context.books()
  const signedOff = await watchedRun(db, district, year)
  const beside = await runsBeside(db, district, year)
  if (touched.length === 0 && beside.length === 0 && !signedOff) return
  for (const run of touched) tellFallen(context, run, run.district)
  for (const run of beside) tellFallen(context, run, run.year === year ? run.district : `${run.district} ${run.year}`)
  if (signedOff && loaded) {
    context.message({
      zh: `${district}：${year} 年年结已签署归档，账簿不变；年终结转所用的数据若有变动，列为 LATE 提示（nianjie findings --district ${district} --rule LATE）`,
      en: `${district}: the year-end of ${year} is signed off and the books stay; what the carry-forward was made from and now differs stands as LATE (nianjie findings --district ${district} --rule LATE)`,
    })
  }
  const operations = await context.operations()
  await operations.announceInput({ year, district, version })
}

function tellFallen(context: CliContext, { kind, fallen }: TouchedRun, hit: string): void {
  if (fallen.length === 0) return
  const names = (lang: 'zh' | 'en') => fallen.map((step) => STEP_NAMES[step][lang]).join(lang === 'zh' ? '、' : ', ')
  const rehearsal = kind === 'rehearsal'
  context.message({
    zh: `${hit}${rehearsal ? '（演练）' : ''}：数据已变，以下步骤的批准不再有效，将重新执行：${names('zh')}`,
    en: `${hit}${rehearsal ? ' (rehearsal)' : ''}: the input changed; these approvals no longer hold and the steps run again: ${names('en')}`,
  })
}
