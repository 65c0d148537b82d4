/** A command line in this process, and what it wrote. */
import { Writable } from 'node:stream'
import { main } from '../../cli/main.ts'

type Options = Omit<NonNullable<Parameters<typeof main>[1]>, 'stdout' | 'stderr'>

export interface Ran { code: number; out: string; err: string }

/** Runs `nianjie argv…`, off a terminal. */
export async function runCommand(argv: readonly string[], options: Options): Promise<Ran> {
  const ran = { out: '', err: '' }
  const stream = (name: keyof typeof ran) => new Writable({
    write(chunk, _encoding, done) { ran[name] += String(chunk); done() },
  }) as unknown as NodeJS.WriteStream
  const code = await main(argv, { ...options, stdout: stream('out'), stderr: stream('err') })
  return { code, ...ran }
}
