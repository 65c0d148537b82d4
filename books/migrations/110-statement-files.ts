import { type Kysely, sql } from 'kysely'

/**
 * Files of banks, the treasury and units (docs/statements.md) beside statements.csv: which rows came from which file, so
 * that a corrected folder replaces the rows of statements.csv and leaves theirs.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  // state: `live` its rows stand in statements; `replaced` by a corrected file; `removed` by hand. in_place_of: rows of
  // statements.csv that this file stands for, as [{reconciliation, party}]: a later folder leaves them out.
  `create table statement_files (
    file_id int generated always as identity primary key, scope_id int not null references scopes, name text not null,
    format text not null, sha256 text not null, reconciliation text not null, rows int not null, amount bigint not null,
    first_day date, last_day date, in_place_of jsonb not null default '[]', checked jsonb not null default '{}',
    version int not null, loaded_by text not null, signature text, loaded_at timestamptz not null default now(),
    state text not null default 'live' check (state in ('live', 'replaced', 'removed')),
    ended_version int, ended_by text, ended_at timestamptz, replaced_by int references statement_files,
    check ((state = 'live') = (ended_at is null)))`,
  `create unique index statement_files_live on statement_files (scope_id, name) where state = 'live'`,
  `create unique index statement_files_bytes on statement_files (scope_id, sha256) where state = 'live'`,
  // Null: a row of statements.csv.
  `alter table statements add column file_id int`,
  // What made the version; folder_digest: of the folder that it holds, where files of banks came on top (null: it is the digest).
  `alter table input_versions add column origin text not null default 'folder' check (origin in ('folder', 'statement')),
    add column folder_digest text`,
]
