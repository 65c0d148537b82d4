/** Readings that take long and are shown live: as often as they can be afforded. */

/** Of all the time that passes, a reading takes this share at most. */
const SHARE = 1 / 20

/**
 * What `read` gave last for a key, read anew once the last reading took at most a twentieth of the time since: what takes 10 ms
 * is at most 0.2 s old, what takes 3 s a minute. One reading at a time; a failed one is not kept.
 */
export function withinBudget<K, T>(
  read: (key: K) => Promise<T>, clock: () => number = () => performance.now(),
): (key: K) => Promise<T> {
  interface Reading { key: string; due: number; value?: Promise<T> }
  let last: Reading | undefined
  const measured = async (reading: Reading, wanted: K): Promise<T> => {
    const begun = clock()
    try {
      return await read(wanted)
    } catch (error) {
      if (last === reading) last = undefined
      throw error
    } finally {
      reading.due = clock() + (clock() - begun) / SHARE
    }
  }
  return (wanted) => {
    const key = JSON.stringify(wanted)
    if (last?.value && last.key === key && clock() < last.due) return last.value
    const reading: Reading = { key, due: Number.POSITIVE_INFINITY }
    last = reading
    reading.value = measured(reading, wanted)
    return reading.value
  }
}
