import { type Kysely, sql } from 'kysely'

/**
 * What the districts fed in. Every input table is a list-partitioned table with one partition for each scope
 * (district and fiscal year), so that an import builds its partition aside and swaps it in at once.
 * Amounts are fen in bigint. Empty dimensions are '' (never null), so that cells compare with plain equality.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const DIMENSION_COLUMNS = `unit text not null default '', function text not null default '', revenue text not null default '',
  economic text not null default '', project text not null default '', fund text not null default '', counterparty text not null default ''`

const STATEMENTS = [
  `create table scopes (
    scope_id int generated always as identity primary key,
    district text not null, year int not null, unique (district, year))`,
  // The current input is the highest version; digest covers the digests of the files.
  `create table input_versions (
    scope_id int not null references scopes, version int not null, digest text not null,
    imported_at timestamptz not null default now(), imported_by text, changes jsonb not null default '{}',
    primary key (scope_id, version))`,
  // sha256 of the bytes as given; content_digest changes only when rows do.
  `create table input_files (
    scope_id int not null, version int not null, file text not null, path text not null,
    sha256 text not null, content_digest text not null, rows bigint not null,
    primary key (scope_id, version, file), foreign key (scope_id, version) references input_versions)`,
  `create table units (
    scope_id int not null, unit text not null, name text not null, kind text not null check (kind in ('administrative', 'institution')),
    parent text, active boolean not null, file_line int not null, primary key (scope_id, unit)) partition by list (scope_id)`,
  `create table books (
    scope_id int not null, book_id int not null, book text not null, name text not null,
    system text not null check (system in ('treasury-2022', 'special-account', 'government-unit')),
    unit text, file_line int not null, primary key (scope_id, book_id), unique (scope_id, book)) partition by list (scope_id)`,
  // The chart of each book, resolved: built-in pack of its system, then accounts.csv of the system, then of the book.
  `create table accounts (
    scope_id int not null, account_id int not null, book_id int not null, account text not null, name text not null,
    element text not null check (element in ('asset','liability','net_asset','revenue','expense','budget_revenue','budget_expenditure','budget_balance')),
    side text not null check (side in ('debit', 'credit')), dimensions text[] not null, leaf boolean not null,
    verified boolean not null default true, file_line int,
    primary key (scope_id, account_id), unique (scope_id, book_id, account)) partition by list (scope_id)`,
  // One integer for each combination of book, account and dimensions that the input uses.
  `create table cells (
    scope_id int not null, cell_id int not null, book_id int not null, account_id int not null, ${DIMENSION_COLUMNS},
    primary key (scope_id, cell_id)) partition by list (scope_id)`,
  `create table entries (
    scope_id int not null, cell_id int not null, book_id int not null, line int not null, file_line int not null,
    date date not null, posted boolean not null, debit bigint not null, credit bigint not null,
    voucher text not null, source text, summary text,
    primary key (scope_id, book_id, voucher, line), check (debit = 0 or credit = 0)) partition by list (scope_id)`,
  `create table openings (
    scope_id int not null, cell_id int not null, debit bigint not null, credit bigint not null, file_line int not null,
    primary key (scope_id, cell_id, file_line)) partition by list (scope_id)`,
  // The general ledger 总账 of the input, kept by the import: opening and posted turnover of each cell, debit-positive opening.
  `create table cell_totals (
    scope_id int not null, cell_id int not null, opening bigint not null, debit bigint not null, credit bigint not null,
    entries bigint not null, unposted bigint not null, primary key (scope_id, cell_id)) partition by list (scope_id)`,
  `create table indicators (
    scope_id int not null, indicator text not null, unit text, function text, economic text, project text, fund text,
    origin_year int not null, category text not null check (category in ('basic', 'project')),
    amount bigint not null, adjusted bigint not null, paid bigint not null, occupied bigint not null, file_line int not null,
    primary key (scope_id, indicator)) partition by list (scope_id)`,
  `create table documents (
    scope_id int not null, type text not null, number text not null, unit text, indicator text, function text, project text,
    fund text, amount bigint, status text not null, created_on date, updated_on date, counterparty text,
    reference text, file_line int not null, primary key (scope_id, type, number)) partition by list (scope_id)`,
  `create table statements (
    scope_id int not null, row_id int not null, reconciliation text not null, party text, reference text, date date, unit text,
    function text, revenue text, project text, fund text, indicator text, amount bigint not null, file_line int not null,
    primary key (scope_id, row_id)) partition by list (scope_id)`,
  // A code that stands twice is a finding (I2), not a bad row: the row number is the key.
  `create table setup_items (
    scope_id int not null, row_id int not null, table_name text not null, code text not null, name text, parent text, value text,
    active boolean not null, file_line int not null, primary key (scope_id, row_id)) partition by list (scope_id)`,
  `create table mappings (
    scope_id int not null, row_id int not null, table_name text not null, old text not null, new text not null,
    share numeric not null, file_line int not null, primary key (scope_id, row_id)) partition by list (scope_id)`,
  `create table assets (
    scope_id int not null, row_id int not null, asset_no text, card_no text, name text, class_code text, unit text, use_status text,
    acquire_mode text, acquired_on date, booked_on date, booked boolean, voucher_no text, in_use_on date, created_on date,
    value_type text, quantity numeric, unit_price bigint, cost bigint, accumulated_depreciation bigint, net_value bigint,
    life_months int, fiscal_amount bigint, other_amount bigint, department text, keeper text, location text,
    land_area numeric, land_use_type text, floor_area numeric, usable_area numeric, structure text, certificate boolean,
    certificate_no text, certificate_on date, no_certificate_reason text, completed_on date, address text, area_self_use numeric,
    area_leased numeric, area_idle numeric, area_other numeric, lease_reference text, plate_no text, vin text, engine_no text,
    registered_on date, displacement numeric, energy text, vehicle_usage text, quota_status text, brand_model text,
    dispose_type text, dispose_approval_no text, dispose_approved_on date, disposed_on date, dispose_booked_on date,
    dispose_income bigint, dispose_income_remitted bigint, last_depreciated_month text, file_line int not null,
    primary key (scope_id, row_id)) partition by list (scope_id)`,
  `create table asset_report (
    scope_id int not null, row_id int not null, unit text not null, table_name text not null, line text not null, column_name text not null,
    value numeric, prior_value numeric, file_line int not null, primary key (scope_id, row_id)) partition by list (scope_id)`,
]
