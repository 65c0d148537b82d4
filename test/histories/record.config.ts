/** `npm run record-histories`: the same servers as the tests, but only the recorder. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/histories/record.ts'], globalSetup: ['test/support/global-setup.ts'], pool: 'forks', testTimeout: 180_000, hookTimeout: 120_000 },
})
