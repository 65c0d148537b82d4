/** Whatever a test signed: archived by the command, and checked from the folder alone. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArchiveVerdict } from '../../report/archive/verify.ts'
import { runCommand } from '../support/command.ts'

/** The verdict on the archive of a year, as `nianjie archive --json` gives it. @param overlay the folder of actors.yaml */
export async function archiveVerdict(databaseUrl: string, overlay: string, year: number): Promise<ArchiveVerdict> {
  const folder = mkdtempSync(join(tmpdir(), 'nianjie-verdict-'))
  try {
    const { out, err } = await runCommand(['archive', '--year', String(year), '--out', folder, '--json', '--lang', 'en'], {
      env: { DATABASE_URL: databaseUrl, NIANJIE_CONFIG: overlay },
    })
    if (out === '') throw new Error(err)
    return (JSON.parse(out) as { verified: ArchiveVerdict }).verified
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
