/** A word for several districts is carried out one district after another: who meets an end in the middle must know where. */
import type { Text } from '../shared/lang.ts'
import type { Refused } from '../operations.ts'
import { Unreachable } from './no-answer.ts'

export interface Part { district: string; findings: number }

/** The text at `parts[index]` with what was decided before it and what is left; as it is for one district alone. */
function tell(
  { zh, en }: Text, parts: readonly Part[], index: number, left: { zh: string; en: string; parts: readonly Part[] },
): Text {
  if (parts.length === 1) return { zh, en }
  const list = (some: readonly Part[], none: string, comma: string) =>
    some.map(({ district, findings }) => `${district} (${findings})`).join(comma) || none
  const [at, done] = [parts[index]!.district, parts.slice(0, index)]
  return {
    zh: `${at}：${zh}（已处理：${list(done, '无', '、')}；${left.zh}：${list(left.parts, '无', '、')}）`,
    en: `${at}: ${en} (decided: ${list(done, 'none', ', ')}; ${left.en}: ${list(left.parts, 'none', ', ')})`,
  }
}

/** A refusal at `parts[index]`, with which districts were decided before it and which were not; counts are findings. */
export function refusedPartly(no: Refused, parts: readonly Part[], index: number): Refused {
  return { ...no, ...tell(no, parts, index, { zh: '未处理', en: 'not decided', parts: parts.slice(index) }) }
}

/**
 * The same for a district whose worker did not answer: its own may still count, what comes after was not sent. Other errors stay
 * what they are.
 */
export function brokenPartly(error: unknown, parts: readonly Part[], index: number): unknown {
  if (!(error instanceof Unreachable)) return error
  return new Unreachable(
    tell(error.text, parts, index, { zh: '未发送', en: 'not sent', parts: parts.slice(index + 1) }), error.cause,
  )
}
