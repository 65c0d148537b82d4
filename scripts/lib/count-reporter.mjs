/** A vitest reporter that only counts. It writes `{passed, failed}` to the file that NIANJIE_TEST_COUNTS names. */
import { writeFileSync } from 'node:fs'

export default class CountReporter {
  /** A file that did not load counts as one failure, and so does each error outside of any test. */
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length }
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state)
      const failures = states.filter((state) => state === 'failed').length
      counts.passed += states.filter((state) => state === 'passed').length
      counts.failed += failures === 0 && module.state() === 'failed' ? 1 : failures
    }
    writeFileSync(process.env.NIANJIE_TEST_COUNTS, JSON.stringify(counts))
  }
}
