/** Who may confirm a reconciliation 对账确认 (CONTRACT §5, DOMAIN §6): named for it, and never who prepared it. */

/** A confirmer of config/reconciliations.yaml. */
export interface ConfirmerRule {
  as: string; zh: string; en: string; roles: readonly string[]; each?: 'party' | undefined; of: 'district' | 'league'
}

/** What an actor confirms by config/actors.yaml. */
export interface Entitled { roles: readonly string[]; confirms: readonly { as: string; parties: readonly string[] }[] }

/** Whether the actor is named for this confirmer: by a role, or from outside by name and party. '' is the whole. */
export function isNamed(actor: Entitled, rule: ConfirmerRule, party: string): boolean {
  if (rule.roles.some((role) => actor.roles.includes(role))) return true
  return actor.confirms.some(({ as, parties }) => as === rule.as && (parties.includes('*') || parties.includes(party)))
}
