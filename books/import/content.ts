/** What a file says, whatever its bytes: digests that do not know the order of rows, and what differs between two versions. */
import type pg from 'pg'
import { DIMENSIONS } from '../../domain/dimensions.ts'
import type { InputFile } from '../../domain/steps.ts'
import type { InputTable } from './tables.ts'

/** Gives the quoted table that holds one version's rows. */
export type Version = (table: InputTable) => string

interface Content {
  from(version: Version): string
  /** What makes two rows the same one, now and then. */
  key: readonly string[]
  /** Everything else that the file says. */
  values: readonly string[]
}

const r = (...columns: string[]) => columns.map((column) => `r."${column}"`)
const CELL = ['b.book', 'a.account', ...DIMENSIONS.map((one) => `c."${one}"`)]
const inBook = (version: Version) =>
  `join ${version('books')} b on b.book_id = c.book_id join ${version('accounts')} a on a.account_id = c.account_id`
const table = (name: InputTable) => (version: Version) => `${version(name)} r`

const ASSET_COLUMNS = `card_no name class_code unit use_status acquire_mode acquired_on booked_on booked voucher_no in_use_on created_on value_type
  quantity unit_price cost accumulated_depreciation net_value life_months fiscal_amount other_amount department keeper location land_area
  land_use_type floor_area usable_area structure certificate certificate_no certificate_on no_certificate_reason completed_on address
  area_self_use area_leased area_idle area_other lease_reference plate_no vin engine_no registered_on displacement energy vehicle_usage
  quota_status brand_model dispose_type dispose_approval_no dispose_approved_on disposed_on dispose_booked_on dispose_income
  dispose_income_remitted last_depreciated_month`.split(/\s+/)

const CONTENT: Record<InputFile, Content> = {
  units: { from: table('units'), key: r('unit'), values: r('name', 'kind', 'parent', 'active') },
  books: { from: table('books'), key: r('book'), values: r('name', 'system', 'unit') },
  // The resolved chart: a change of a built-in pack is a change of the accounts too.
  accounts: {
    from: (version) => `${version('accounts')} r join ${version('books')} b using (book_id)`, key: ['b.book', ...r('account')],
    values: r('name', 'element', 'side', 'dimensions', 'leaf', 'verified'),
  },
  opening: {
    from: (version) => `${version('openings')} r join ${version('cells')} c using (cell_id) ${inBook(version)}`, key: CELL,
    values: r('debit', 'credit'),
  },
  entries: {
    from: (version) => `${version('entries')} r join ${version('cells')} c using (cell_id) ${inBook(version)}`,
    key: ['b.book', ...r('voucher', 'line')],
    values: [...CELL.slice(1), ...r('date', 'posted', 'debit', 'credit', 'source', 'summary')],
  },
  indicators: {
    from: table('indicators'), key: r('indicator'),
    values: r(
      'unit', 'function', 'economic', 'project', 'fund', 'origin_year', 'category', 'amount', 'adjusted', 'paid', 'occupied',
    ),
  },
  documents: {
    from: table('documents'), key: r('type', 'number'),
    values: r(
      'unit', 'indicator', 'function', 'project', 'fund', 'amount', 'status', 'created_on', 'updated_on', 'counterparty',
      'reference',
    ),
  },
  statements: {
    from: table('statements'),
    key: r('reconciliation', 'party', 'reference', 'date', 'unit', 'function', 'revenue', 'project', 'fund', 'indicator'),
    values: r('amount'),
  },
  setup: { from: table('setup_items'), key: r('table_name', 'code'), values: r('name', 'parent', 'value', 'active') },
  mappings: { from: table('mappings'), key: r('table_name', 'old', 'new'), values: r('share') },
  assets: { from: table('assets'), key: r('asset_no'), values: r(...ASSET_COLUMNS) },
  asset_analysis: { from: table('asset_analysis'), key: r('file_line'), values: r('text') },
  asset_report: {
    from: table('asset_report'), key: r('unit', 'table_name', 'line', 'column_name'), values: r('value', 'prior_value'),
  },
}

/**
 * Above so many rows the hashes are stored first: an aggregate over an expression would work it out anew for each of its sums.
 */
const FEW = 5_000

/**
 * Rows and digest of what a file says. Sums of SHA-256 do not know the order of the rows.
 * @param scratch quoted name of a table that may be made and dropped
 */
export async function contentDigest(
  client: pg.PoolClient, file: InputFile, version: Version, rows: number, scratch: string,
): Promise<string> {
  const hashes = file === 'entries'
    ? await entryHashes(client, version, `${scratch.slice(0, -1)}_cells"`)
    : rowHashes(CONTENT[file], version)
  if (rows > FEW) await client.query(`create unlogged table ${scratch} as ${hashes}`)
  const sums = [1, 9, 17, 25].map((at) => `coalesce(sum(substr(h, ${at}, 8)::bigint), 0)`)
  const result = await client.query<{ digest: string }>(`
    select encode(sha256(convert_to(concat_ws(':', '${file}', count(*), ${sums.join(', ')}), 'UTF8')), 'hex') as digest
    from ${rows > FEW ? scratch : `(${hashes})`} hashed`)
  if (rows > FEW) await client.query(`drop table ${scratch}`)
  return result.rows[0]!.digest
}

const rowHashes = ({ from, key, values }: Content, version: Version) =>
  `select sha256(convert_to((row(${[...key, ...values].join(', ')}))::text, 'UTF8')) as h from ${from(version)}`

/** Book, account and dimensions are hashed once for each cell, not for each of its entries. */
async function entryHashes(client: pg.PoolClient, version: Version, cells: string): Promise<string> {
  await client.query(`drop table if exists ${cells}`)
  await client.query(`create unlogged table ${cells} as
    select c.cell_id, sha256(convert_to((row(${CELL.join(', ')}))::text, 'UTF8')) as cell from ${version('cells')} c ${inBook(version)}`)
  await client.query(`analyze ${cells}`)
  const own = r('voucher', 'line', 'date', 'posted', 'debit', 'credit', 'source', 'summary')
  return `select sha256(c.cell || convert_to((row(${own.join(', ')}))::text, 'UTF8')) as h from ${version('entries')} r join ${cells} c using (cell_id)`
}

export interface Difference { added: number; removed: number; changed: number }

/** How many rows of a file are new, gone, or stand there with other values. */
export async function differences(client: pg.PoolClient, file: InputFile, old: Version, fresh: Version): Promise<Difference> {
  const { from, key, values } = CONTENT[file]
  const side = (version: Version) => `select (row(${key.join(', ')}))::text as key, count(*) as n,
    sum(hashtextextended((row(${values.join(', ')}))::text, 0)) as content from ${from(version)} group by 1`
  const { rows } = await client.query<Record<keyof Difference, string>>(`
    select coalesce(sum(f.n) filter (where o.key is null), 0)::text as added, coalesce(sum(o.n) filter (where f.key is null), 0)::text as removed,
      coalesce(sum(greatest(f.n, o.n)) filter (where f.key is not null and o.key is not null and (f.n, f.content) is distinct from (o.n, o.content)), 0)::text as changed
    from (${side(old)}) o full join (${side(fresh)}) f on f.key = o.key`)
  const { added, removed, changed } = rows[0]!
  return { added: Number(added), removed: Number(removed), changed: Number(changed) }
}
