/** Money is integer fen (分) as bigint; text in yuan at the edges. Never a float. */

const YUAN = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/

/**
 * Fen of a yuan text: `'1,234.5'` → `123450n`.
 * @throws RangeError if the text is not a yuan amount of at most two decimals
 */
export function parseYuan(text: string): bigint {
  const match = YUAN.exec(text.trim())
  if (!match) throw new RangeError(`not an amount in yuan with at most two decimals: ${text}`)
  const fen = BigInt(match[2]!.replaceAll(',', '')) * 100n + BigInt((match[3] ?? '').padEnd(2, '0'))
  return match[1] === '-' ? -fen : fen
}

/** Yuan text with exactly two decimals, no separators: `-5n` → `'-0.05'`. */
export function formatYuan(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0')
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Yuan for people, with thousands separators: `'1,234.50'`. */
export function displayYuan(fen: bigint): string {
  const [yuan, cents] = formatYuan(fen).split('.')
  return `${yuan!.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}.${cents}`
}
