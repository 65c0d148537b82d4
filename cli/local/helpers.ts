/** Short-lived programs that a start needs (initdb, pip): they end when the start is broken off. */
import { type SpawnOptions, spawn } from 'node:child_process'

const running = new Set<ReturnType<typeof spawn>>()

export interface HelperResult { code: number | null; output: string }

/** Runs a program to its end and collects what it writes. @throws Error when it can not be started */
export function runHelper(
  command: string, args: readonly string[], options: Pick<SpawnOptions, 'env' | 'cwd' | 'uid' | 'gid'>,
): Promise<HelperResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.once('error', (error) => {
      running.delete(child)
      reject(error)
    })
    child.once('close', (code) => {
      running.delete(child)
      resolve({ code, output: output.trim() })
    })
  })
}

/** Ends those that run now. */
export function endHelpers(): void {
  for (const child of running) child.kill('SIGTERM')
}
