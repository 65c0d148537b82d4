/** Readings that take long and are shown live: as often as they can be afforded. */

/** Of all the time that passes, a reading takes this share at most. */
const SHARE = 1 / 20

/**
 * What `read` gave last for a key, read anew once the last reading took at most a twentieth of the time since: what takes 10 ms
 * is at most 0.2 s old, what takes 3 s a minute. One reading at a time; a failed one is not kept.
 */
export function withinBudget<K, T>(read: (key: K) => Promise<T>, clock: () => number = () => performance.now()): (key: K) => Promise<T> {
  let last: { key: string; value: Promise<T>; due: number } | undefined
  return (key) => {
    const name = JSON.stringify(key)
    if (last?.key === name && clock() < last.due) return last.value
    const begun = clock()
    const reading = { key: name, value: read(key), due: Number.POSITIVE_INFINITY }
    last = reading
    const done = (kept: boolean) => {
      reading.due = clock() + (clock() - begun) / SHARE
      if (!kept && last === reading) last = undefined
    }
    reading.value.then(() => done(true), () => done(false))
    return reading.value
  }
}
