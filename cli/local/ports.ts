/** Ports on 127.0.0.1: one that was asked for, one that was used before, or any free one. */
import { connect, createServer } from 'node:net'
import { CliError, EXIT } from '../shared/exit.ts'

export interface PortWish {
  /** Variable of the environment that pins the port. */
  variable: string
  /** Its value, if set. */
  pinned: string | undefined
  /** The port of the time before: kept if it is free, so that bookmarks and profiles stay right. */
  former?: number
}

/**
 * A port to listen on.
 * @throws CliError usage when the pinned port is no port, failed when another program listens on it
 */
export async function choosePort(wish: PortWish): Promise<number> {
  if (wish.pinned) return pinnedPort(wish.variable, wish.pinned)
  if (wish.former && (await isFree(wish.former))) return wish.former
  return freePort()
}

async function pinnedPort(variable: string, text: string): Promise<number> {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new CliError(EXIT.usage, { zh: `${variable} 不是端口号：${text}`, en: `${variable} is no port: ${text}` })
  }
  if (!(await isFree(port))) {
    throw new CliError(EXIT.failed, {
      zh: `端口 ${port}（${variable}）已被别的程序占用：换一个，或不设置它以使用空闲端口`,
      en: `port ${port} (${variable}) is taken by another program: choose another, or unset it to use a free one`,
    })
  }
  return port
}

/** Any free port. Another program may take it before it is used: who starts a server tries again. */
export function freePort(): Promise<number> {
  return listenOnce(0).then((port) => {
    if (port === undefined) throw new Error('no free port on 127.0.0.1')
    return port
  })
}

export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })
}

/** True when something accepts a connection. */
export function answers(host: string, port: number, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
