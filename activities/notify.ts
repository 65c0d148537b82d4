/** Reminders and escalations: recorded once, then delivered, each attempt on record. */
import { ApplicationFailure } from '@temporalio/common'
import { Context } from '@temporalio/activity'
import type { Transaction } from 'kysely'
import { appendAudit } from '../books/audit.ts'
import {
  type Notification, attemptsOf, findNotification, notificationIdOf, recordAttempt, storeNotification, waitGoesOn,
} from '../books/notifications.ts'
import { findRun } from '../books/runs.ts'
import type { Database } from '../books/tables.ts'
import { STEP_NAMES } from '../domain/steps.ts'
import type { AlarmRequest, DeliverRequest } from './contract.ts'
import { type Channel, channelsOf } from './channels.ts'
import type { ActivityDeps } from './deps.ts'
import { classify } from './failures.ts'
import { inTransaction } from './heavy.ts'

/** Writes an alarm down, once, together with the level that screens show. */
export function raiseAlarm(deps: ActivityDeps, alarm: AlarmRequest): Promise<{ notificationId: string }> {
  return inTransaction(deps, async (trx) => {
    const notificationId = notificationIdOf(alarm)
    const run = await findRun(trx, alarm.runId)
    if (!(await storeNotification(trx, notificationId, alarm, messageOf(alarm, run)))) return { notificationId }
    await showLevel(trx, alarm)
    await appendAudit(trx, {
      district: run.district, kind: alarm.kind, actor: 'system', subject: `${alarm.runId}/${alarm.step}/${alarm.generation}`,
      detail: {
        level: alarm.level, roles: [...alarm.roles], dueAt: alarm.dueAt, waitingSince: alarm.waitingSince,
        ...(alarm.undoRequest && { undoRequest: alarm.undoRequest }),
      },
    })
    return { notificationId }
  })
}

async function showLevel(
  trx: Transaction<Database>, { runId, step, generation, level, deadline, undoRequest }: AlarmRequest,
): Promise<void> {
  if (undoRequest) {
    await trx.updateTable('undo_requests').set({ escalation_level: level, deadline }).where('request_id', '=', undoRequest)
      .where('closed_at', 'is', null).execute()
    return
  }
  await trx.updateTable('step_states').set({ escalation_level: level, deadline, updated_at: new Date() })
    .where('run_id', '=', runId).where('step', '=', step).where('generation', '=', generation).execute()
}

const UNDO_NAME = { zh: '撤销年终结转的申请', en: 'the request to undo the carry-forward' }

function messageOf(alarm: AlarmRequest, { district, year }: { district: string; year: number }): { zh: string; en: string } {
  const { zh, en } = alarm.undoRequest ? UNDO_NAME : STEP_NAMES[alarm.step]
  const minutes = Math.round((Date.parse(alarm.dueAt) - Date.parse(alarm.waitingSince)) / 60_000)
  return alarm.kind === 'reminder'
    ? {
      zh: `提醒：${year} 年 ${district} ${zh} 已等待 ${minutes} 分钟，请处理。`,
      en: `Reminder: ${year} ${district} ${en} has waited for ${minutes} minutes.`,
    }
    : {
      zh: `升级（第 ${alarm.level} 级）：${year} 年 ${district} ${zh} 已等待 ${minutes} 分钟仍未处理。`,
      en: `Escalation, level ${alarm.level}: ${year} ${district} ${en} has waited for ${minutes} minutes.`,
    }
}

/**
 * Delivers a notification to every channel that does not have it yet. What fails is tried again, as often as
 * config/escalation.yaml says; when the wait is over meanwhile, nothing is sent any more.
 * @throws ApplicationFailure `DeliveryFailed`, to be tried again
 */
export async function deliver(deps: ActivityDeps, { notificationId }: DeliverRequest): Promise<{ sent: number; failed: number }> {
  try {
    const { db } = deps.books
    const notification = await findNotification(db, notificationId)
    const delivery = deps.loadDelivery()
    const record = await attemptsOf(db, notificationId)
    const before = ({ name, target }: Channel) => record.find((row) => row.channel === name && row.target === target)
    const left = channelsOf(deps, delivery)
      .filter((channel) => !before(channel)?.settled && (before(channel)?.attempts ?? 0) < delivery.attempts)
    const failed: Channel[] = []
    for (const channel of left) {
      const attempt = (before(channel)?.attempts ?? 0) + 1
      if (!(await send(deps, notification, channel, attempt)) && attempt < delivery.attempts) failed.push(channel)
    }
    if (failed.length === 0) return { sent: left.length, failed: 0 }
    throw ApplicationFailure.create({
      message: `not delivered: ${failed.map(({ name }) => name).join(', ')}`, type: 'DeliveryFailed',
    })
  } catch (error) {
    throw classify(error, Context.current().cancellationSignal.aborted)
  }
}

/** One attempt on one channel; true when nothing is left to do there. */
async function send(deps: ActivityDeps, notification: Notification, channel: Channel, attempt: number): Promise<boolean> {
  const { db } = deps.books
  const { notificationId } = notification
  const at = { channel: channel.name, target: channel.target, attempt }
  if (!(await waitGoesOn(db, notificationId))) {
    await recordAttempt(db, notificationId, { ...at, state: 'void', error: 'the wait was over' })
    return true
  }
  try {
    await channel.send(notification)
  } catch (error) {
    await recordAttempt(db, notificationId, {
      ...at, state: 'failed', error: error instanceof Error ? error.message : String(error),
    })
    return false
  }
  await db.transaction().execute(async (trx) => {
    await recordAttempt(trx, notificationId, { ...at, state: 'sent' })
    await appendAudit(trx, {
      district: notification.district, kind: 'delivery', actor: 'system', subject: notificationId, detail: at,
    })
  })
  return true
}
