/** T2 codes, T5 accounts, T6 rights, T7 bank accounts, T8 seals and certificates, T9 voucher templates. */
import { sql } from 'kysely'
import type { TrialClass } from '../../../../config/schemas/trial-day.ts'
import { rowOfClass } from './papers.ts'
import { type CheckOutcome, type Draft, type Trx, type TrialScope, failed, notTried, passed } from './types.ts'

/** Every code that setup.csv lists is in force up to the top; one that it does not list is unchanged (CONTRACT §6). */
export async function tryCodes(trx: Trx, draft: Draft): Promise<CheckOutcome> {
  const named = Object.entries(draft.codes).filter(([, code]) => code !== null)
  if (draft.bad.length > 0) {
    return failed(
      'codes', `${draft.bad.join('、')} 已停用，或其上级已停用`, `${draft.bad.join(', ')} is switched off, or a code above it is`,
      { subject: draft.bad[0]! },
    )
  }
  const { rows } = await sql<{ table_name: string }>`select distinct table_name from trial_codes where table_name = any(${named.map(([table]) => table)}::text[])`.execute(trx)
  if (rows.length === 0) return notTried('codes', '未提供要素表', 'no code table was given')
  const text = named.map(([table, code]) => `${table} ${code}`).join(', ')
  const { rows: [others] } = await sql<{ bad: number; first: string | null }>`
    select count(*)::int as bad, min(indicator collate "C") as first from trial_candidates where bad <> '{}' and ${draft.indicator !== null}::boolean`.execute(trx)
  const more = others!.bad > 0 ? {
    zh: `；另有 ${others!.bad} 个指标的要素停用（如 ${others!.first}）`,
    en: `; ${others!.bad} indicators name codes out of force (such as ${others!.first})`,
  } : { zh: '', en: '' }
  return passed('codes', `${text}，均启用且上级齐全${more.zh}`, `${text}: in force up to the top${more.en}`)
}

interface ChartRow { account: string; live: boolean; leaf: boolean; was_leaf: boolean; now: string | null }

/**
 * The posting account that an account stands for in the new chart: itself, where it went, or its first sub-account.
 * `gone` when it was one and no longer is, undefined when the district's chart never had it.
 */
async function postingAccount(trx: Trx, system: string, account: string): Promise<{ account: string } | 'gone' | undefined> {
  const { rows } = await sql<ChartRow>`select account, live, leaf, was_leaf, now from trial_chart where system = ${system} and (starts_with(account, ${account})
    or account = (select now from trial_chart where system = ${system} and account = ${account})) order by account collate "C"`.execute(trx)
  const own = rows.find((row) => row.account === account)
  const heir = rows.find((row) => row.account === own?.now && row.leaf)
  const leaf = own?.leaf ? own : heir ?? rows.find((row) => row.leaf && row.account !== account)
  if (leaf) return { account: leaf.account }
  return own ? 'gone' : undefined
}

/** Both sides of its voucher are posting accounts; it is written with the document's dimensions. */
export async function tryAccounts(
  trx: Trx, scope: TrialScope, draft: Draft, entry: NonNullable<TrialClass['entry']>,
): Promise<CheckOutcome> {
  const sides = (['debit', 'credit'] as const).map((side) => {
    const given = entry[side]
    return [side, typeof given === 'string' ? given : given[draft.codes.fund ?? ''] ?? Object.values(given)[0]!] as const
  })
  const posted: string[] = []
  for (const [line, [side, account]] of sides.entries()) {
    const found = await postingAccount(trx, entry.system, account)
    if (found === undefined) {
      return notTried('account', `科目体系中没有 ${entry.system}:${account}`, `the chart has no ${entry.system}:${account}`)
    }
    if (found === 'gone') {
      return failed(
        'account', `科目 ${entry.system}:${account} 在新年度已停用，又无对照`,
        `account ${entry.system}:${account} is switched off in the new year and mapped to none`,
        { subject: `${entry.system}:${account}` },
      )
    }
    await sql`insert into trial_lines (scope_id, cell_id, book_id, line, file_line, date, posted, debit, credit, voucher)
      values (${scope.scopeId}, 0, 0, ${line + 1}, 0, ${scope.day}, true, ${side === 'debit' ? draft.amount : 0n}, ${side === 'credit' ? draft.amount : 0n}, ${draft.class})`.execute(trx)
    posted.push(found.account)
  }
  const { rows: [sums] } = await sql<{ even: boolean }>`select sum(debit) = sum(credit) as even from trial_lines where voucher = ${draft.class}`.execute(trx)
  if (!sums!.even) return failed('account', '凭证借贷不平', 'the voucher does not balance')
  return passed(
    'account', `借 ${posted[0]} 贷 ${posted[1]}（${entry.system}）`, `debit ${posted[0]}, credit ${posted[1]} (${entry.system})`,
  )
}

/** A role in force acts for the unit or the district. */
export async function tryRight(
  trx: Trx, { runId, generation, district }: TrialScope, draft: Draft, right: 'unit' | 'district',
): Promise<CheckOutcome> {
  const { rows } = await sql<{ code: string; live: boolean; holder: string }>`
    select code, live, coalesce(value, '') as holder from new_setup_items where run_id = ${runId} and generation = ${generation} and table_name = 'role' order by code collate "C"`.execute(trx)
  if (rows.length === 0) return notTried('right', '未提供角色表', 'no roles were given')
  const inForce = rows.filter((row) => row.live)
  if (inForce.length === 0) {
    return failed('right', '全部角色都已停用，无人可以办理', 'every role is out of force: nobody may act', { subject: 'role' })
  }
  const holders = right === 'unit' ? [draft.codes.unit, district] : [district]
  const own = inForce.find((row) => holders.includes(row.holder))
  return own
    ? passed('right', `角色 ${own.code}（${own.holder}）`, `role ${own.code} (${own.holder})`)
    : notTried(
      'right', `未提供 ${holders.filter(Boolean).join('、')} 的角色`, `no role of ${holders.filter(Boolean).join(', ')} was given`,
    )
}

/** A bank account in force. */
export async function tryBankAccount(trx: Trx, { runId, generation }: TrialScope): Promise<CheckOutcome> {
  const { rows } = await sql<{ code: string; live: boolean; value: string | null }>`
    select code, live, value from new_setup_items where run_id = ${runId} and generation = ${generation} and table_name = 'bank-account' order by code collate "C"`.execute(trx)
  if (rows.length === 0) return notTried('bank-account', '未提供银行账户表', 'no bank accounts were given')
  const inForce = rows.filter((row) => row.live)
  if (inForce.length === 0) {
    return failed('bank-account', '全部银行账户都已停用', 'every bank account is out of force', { subject: 'bank-account' })
  }
  const own = inForce.find((row) => row.value)
  return own
    ? passed('bank-account', `账户 ${own.code} ${own.value}`, `account ${own.code} ${own.value}`)
    : notTried('bank-account', '银行账户没有账号', 'the bank accounts have no numbers')
}

/** In each of the tables a row that is valid on the day, or without an end. Where all had ended by New Year, I5 tells of each. */
export async function tryValidity(
  trx: Trx, { runId, generation, day }: TrialScope, tables: readonly string[],
): Promise<CheckOutcome> {
  const { rows } = await sql<{ table_name: string; code: string; until: string | null }>`
    select table_name, code, nullif(replace(btrim(coalesce(value, '')), '-', ''), '') as until from new_setup_items
    where run_id = ${runId} and generation = ${generation} and table_name = any(${[...tables]}::text[]) and live order by table_name collate "C", code collate "C"`.execute(trx)
  const given = tables.filter((table) => rows.some((row) => row.table_name === table))
  if (given.length === 0) return notTried('validity', `未提供 ${tables.join('、')}`, `no ${tables.join(', ')} was given`)
  const today = day.replaceAll('-', '')
  const good = given.map((table) => rows.find(
    (row) => row.table_name === table && (row.until === null || (/^\d{8}$/.test(row.until) && row.until >= today)),
  ))
  const missing = given.filter((_, index) => !good[index])
  const ended = rows.filter((row) => missing.includes(row.table_name)).every((row) => row.until! < `${today.slice(0, 4)}0101`)
  const text = good.filter((row) => row !== undefined).map((row) => `${row.table_name} ${row.code}`).join(', ')
  return missing.length === 0
    ? passed('validity', `${text} 当日有效`, `${text}: valid on the day`)
    : failed(
      'validity', `${missing.join('、')} 当日没有有效的一项，无法签章支付`,
      `no ${missing.join(', ')} is valid on the day: nothing can be sealed or paid`,
      ended ? { subject: missing[0], saidBy: 'I5' } : { subject: missing[0] },
    )
}

/** The accounts that its voucher template names are still posting accounts. */
export async function tryTemplate(trx: Trx, scope: TrialScope, name: string): Promise<CheckOutcome | null> {
  const template = await rowOfClass(trx, scope, 'voucher-template', name)
  const accounts = [...(template ?? '').matchAll(/(?:Dr|Cr|借|贷)\s*[:：]?\s*(\d{4,})/gi)].map(([, account]) => account!)
  if (accounts.length === 0) return null
  const { rows } = await sql<{ account: string; leaf: boolean; was_leaf: boolean }>`
    select account, bool_or(leaf) as leaf, bool_or(was_leaf) as was_leaf from trial_chart where account = any(${accounts}::text[]) group by account order by account collate "C"`.execute(trx)
  const gone = rows.filter((row) => row.was_leaf && !row.leaf).map((row) => row.account)
  if (gone.length > 0) {
    return failed(
      'template', `模板科目 ${gone.join('、')} 在新年度不再是明细科目`,
      `${gone.join(', ')} of the template is no posting account of the new year`,
    )
  }
  return rows.length === 0
    ? notTried('template', `科目体系中没有 ${accounts.join('、')}`, `the chart has no ${accounts.join(', ')}`)
    : passed(
      'template', `模板科目 ${rows.map((row) => row.account).join('、')}`,
      `template accounts ${rows.map((row) => row.account).join(', ')}`,
    )
}
