/** Where notifications go: the log and the terminal UI always, webhooks and mail where configured. */
import { createHmac } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { Notification } from '../books/notifications.ts'
import type { EscalationConfig } from '../config/schemas/people.ts'
import { canonicalJson } from '../domain/canonical.ts'
import type { ActivityDeps } from './deps.ts'

const TIMEOUT_MS = 10_000

export interface Channel {
  name: 'log' | 'tui' | 'webhook' | 'smtp'
  /** Where exactly; no secrets. */
  target: string
  /** @throws Error when it did not arrive */
  send(notification: Notification): Promise<void>
}

/** The channels of an office. */
export function channelsOf(deps: ActivityDeps, delivery: EscalationConfig['delivery']): Channel[] {
  const log: Channel = {
    name: 'log', target: 'log',
    send: ({ zh, en, ...fields }) => {
      deps.log.warn({ ...fields }, `${zh} ${en}`)
      return Promise.resolve()
    },
  }
  // The terminal UI reads the row itself.
  const tui: Channel = { name: 'tui', target: 'tui', send: () => Promise.resolve() }
  return [
    log, tui,
    ...delivery.webhooks.map((hook) => webhook(hook, deps.env)),
    ...(delivery.smtp ? [mail(delivery.smtp)] : []),
  ]
}

/**
 * POST of canonical JSON. `Idempotency-Key` is the notification's id: a receiver that sees it again has it already.
 * With a secret, `X-Nianjie-Signature: sha256=<hex HMAC of the body>`.
 */
function webhook(
  { url, secret_env: secretName }: EscalationConfig['delivery']['webhooks'][number], env: ActivityDeps['env'],
): Channel {
  return {
    name: 'webhook', target: withoutSecrets(url),
    send: async (notification) => {
      const body = bodyOf(notification)
      const secret = secretName ? env[secretName] : undefined
      if (secretName && !secret) throw new Error(`environment variable ${secretName} is not set`)
      const answer = await fetch(url, {
        method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'content-type': 'application/json', 'idempotency-key': notification.notificationId,
          ...(secret ? { 'x-nianjie-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` } : {}),
        },
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`answered ${answer.status}`)
    },
  }
}

/** The same bytes for the same notification: of a step its year and step, of a problem its id, clock and who is called. */
function bodyOf(
  { notificationId, district, year, step, problemId, clock, kind, level, roles, people, dueAt, zh, en }: Notification,
): string {
  const about = problemId === null ? { year, step } : { problem: problemId, clock, people: people.map(({ name }) => name) }
  return canonicalJson({
    id: notificationId, district, ...about, kind, level, roles, dueAt: dueAt.toISOString(), message: { zh, en },
  })
}

function mail({ url, from, to }: NonNullable<EscalationConfig['delivery']['smtp']>): Channel {
  return {
    name: 'smtp', target: to.join(','),
    send: async ({ notificationId, people, zh, en }) => {
      // Whoever is called by name and has an address gets it there; the office's own addresses see all.
      const own = people.flatMap(({ email }) => (email ? [email] : []))
      const transport = createTransport({
        url, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS,
      })
      try {
        await transport.sendMail({
          from, to: [...own, ...to.filter((one) => !own.includes(one))], subject: zh, text: `${zh}\n\n${en}\n`,
          messageId: `<${notificationId}@nianjie>`,
        })
      } finally {
        transport.close()
      }
    },
  }
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
