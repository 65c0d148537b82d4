/** What of a problem's alarms has to leave the house and was not tried yet. */
import type { Transaction } from 'kysely'
import { undelivered } from '../books/problems/alarms.ts'
import type { Database } from '../books/tables.ts'
import type { ActivityDeps } from './deps.ts'

/** Ids of the notifications, oldest first; none where no channel goes out. */
export async function unposted(deps: ActivityDeps, trx: Transaction<Database>, problemId: string): Promise<string[]> {
  return leavesTheHouse(deps) ? undelivered(trx, problemId) : []
}

/** Whether any channel goes out. A file that can not be read is no reason not to try: the delivery says what is wrong. */
function leavesTheHouse(deps: ActivityDeps): boolean {
  try {
    const { webhooks, smtp } = deps.loadDelivery()
    return webhooks.length > 0 || smtp !== null
  } catch {
    return true
  }
}
