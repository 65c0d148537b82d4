/** A small seeded generator (sfc32): the same name gives the same numbers on every machine. */
import { createHash } from 'node:crypto'

export interface Random {
  /** Integer from `low` to `high`, both included. */
  int(low: number, high: number): number
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean
  /** Fen from `low` to `high` yuan, with fen that are rarely round. */
  fen(low: number, high: number): bigint
}

/** A stream of its own for each name: a section that draws more never shifts another one. */
export function random(seed: number, ...name: readonly (string | number)[]): Random {
  const hash = createHash('sha256').update([seed, ...name].join('\u001f')).digest()
  let [a, b, c, d] = [hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)] as [number, number, number, number]
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t | 0
    return (t >>> 0) / 0x1_0000_0000
  }
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    int,
    pick: (list) => list[int(0, list.length - 1)]!,
    chance: (percent) => next() * 100 < percent,
    fen: (low, high) => BigInt(int(low, high)) * 100n + BigInt(int(0, 99)),
  }
}
