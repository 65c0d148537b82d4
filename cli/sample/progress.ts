/** One calm line for each change of the year as a whole, and a summary at the end. */
import type { Board } from '../../books/read-model/board.ts'
import { STEPS } from '../../domain/steps.ts'
import { safeText } from '../shared/safe-text.ts'
import type { CliContext } from '../shared/context.ts'

/** Off a terminal a line at most so often; districts that are signed off are always told. */
const LINE_EVERY_MS = 5000

/** Prints what changed on the board. */
export function progressPrinter(context: CliContext): (board: Board) => void {
  const began = Date.now()
  const signedOff = new Set<string>()
  let last = ''
  let printedAt = 0
  const clock = () => {
    const seconds = Math.floor((Date.now() - began) / 1000)
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  }
  return ({ status: { districts } }) => {
    const live = context.stderr.isTTY
    for (const district of districts) {
      if (district.state !== 'completed' || signedOff.has(district.code)) continue
      signedOff.add(district.code)
      if (live) context.stderr.write('\r\u001b[K')
      context.message({
        zh: `${clock()}  ✓ ${safeText(district.name)} 已签署归档`, en: `${clock()}  ✓ ${safeText(district.nameEn)} is signed off`,
      })
    }
    const steps = districts.flatMap((district) => district.steps)
    const approved = steps.filter((step) => step.state === 'approved').length
    const open = steps.reduce((sum, step) => sum + step.findings.open, 0)
    const line = context.t({
      zh: `完成区划 ${signedOff.size}/${districts.length} · 已批准步骤 ${approved}/${districts.length * STEPS.length} · 待处理 ${open}`,
      en: `districts done ${signedOff.size}/${districts.length} · steps approved ${approved}/${districts.length * STEPS.length} · open findings ${open}`,
    })
    if (line === last) return
    if (live) context.stderr.write(`\r\u001b[K${clock()}  ${line}`)
    else if (Date.now() - printedAt >= LINE_EVERY_MS) {
      context.message(`${clock()}  ${line}`)
      printedAt = Date.now()
    } else return
    last = line
  }
}
