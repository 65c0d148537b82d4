/** How long things take. */

/** Seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** The best of a few rounds, each with the baseline right before: what disturbs one disturbs the other. */
export async function bestOf(
  rounds: number, baseline: () => Promise<unknown>, work: () => Promise<unknown>,
): Promise<{ seconds: number; baselineSeconds: number }> {
  let [seconds, baselineSeconds] = [Infinity, Infinity]
  for (let round = 0; round < rounds; round += 1) {
    baselineSeconds = Math.min(baselineSeconds, await timed(baseline))
    seconds = Math.min(seconds, await timed(work))
  }
  return { seconds, baselineSeconds }
}
