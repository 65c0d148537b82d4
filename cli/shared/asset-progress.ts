/** How far an asset check has come, for a person who watches: 1,000,000 cards take some seconds. */
import type { CliContext } from './context.ts'

const PARTS: Readonly<Record<string, { zh: string; en: string }>> = {
  classes: { zh: '分类与同类中位数', en: 'classes and their medians' },
  numbers: { zh: '重复编号', en: 'shared numbers' },
  conditions: { zh: '逐张卡片的规则', en: 'rules on each card' },
  report: { zh: '额定指标、上年卡片与资产年报', en: "given figures, last year's cards, the annual report" },
}

/** Takes the heartbeats of the check and says on a terminal which parts are done; nothing where nobody watches. */
export function assetProgress(context: CliContext, district: string): (heartbeat: string) => void {
  const families: Readonly<Record<string, { zh: string; en: string }>> = context.config()['asset-health'].families
  const all = Object.keys(PARTS).length + Object.keys(families).length
  let done = 0
  return (heartbeat) => {
    if (!context.stderr.isTTY) return
    const part = heartbeat.replace(/^asset-health /, '')
    const name = PARTS[part] ?? families[part] ?? { zh: part, en: part }
    // Amounts that are too large for machine integers are checked once more, from the first part on.
    done = part === 'classes' ? 1 : done + 1
    context.message({
      zh: `${district} 体检 ${done}/${all}：${name.zh} 完成`, en: `${district} check ${done}/${all}: ${name.en}, done`,
    })
  }
}
