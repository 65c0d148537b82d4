import { type Kysely, sql } from 'kysely'

/**
 * The joint review of the assets with the units: rounds of correction workbooks, people's signed corrections of cards, and
 * the health that each check measured.
 * What was imported stays as it was: `asset_cards.imported` holds the whole row of a corrected card, and each correction the
 * value that it took the place of. Values are text as `to_jsonb` writes them: fen, ISO dates, plain numbers.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db)
}

const STATEMENTS = [
  `alter table input_versions drop constraint input_versions_origin_check,
    add constraint input_versions_origin_check check (origin in ('folder', 'statement', 'correction'))`,
  // One workbook that was sent to a unit ('' for cards without one). `left_open`: open findings by family and severity then.
  `create table asset_rounds (
    scope_id int not null references scopes, unit text not null, round int not null check (round > 0), input_version int not null,
    content_digest text not null, rows int not null, left_open jsonb not null, made_at timestamptz not null default now(), made_by text,
    primary key (scope_id, unit, round))`,
  // What one person brought back: payload is the canonical JSON that was signed.
  `create table asset_batches (
    batch_id uuid primary key, scope_id int not null references scopes, actor text not null, payload text not null, signature text not null,
    input_version int not null, applied_at timestamptz not null default now())`,
  `create table asset_answers (
    batch_id uuid not null references asset_batches, unit text not null, round int not null, finding_id text not null, rule text not null,
    corrections int not null, explanation text, primary key (batch_id, finding_id))`,
  `create index asset_answers_by_finding on asset_answers (finding_id)`,
  // A corrected card: how it is known, its row in the current input (null: it is in none), and the whole row as imported.
  `create table asset_cards (
    card_id int generated always as identity primary key, scope_id int not null references scopes, row_id int,
    asset_no text, card_no text, unit text, imported jsonb not null)`,
  `create index asset_cards_by_scope on asset_cards (scope_id)`,
  // A correction holds until it has an end: by a later correction, or by what a later import says.
  `create table asset_corrections (
    correction_id bigint generated always as identity primary key, card_id int not null references asset_cards,
    batch_id uuid not null references asset_batches, card_version int not null, field text not null,
    imported_value text, old_value text, new_value text, reason text not null, finding_id text not null, rule text not null, round int not null,
    ended_because text check (ended_because in ('corrected-again', 'adopted', 'superseded', 'gone')), ended_version int, ended_value text,
    check ((ended_because is null) = (ended_version is null)))`,
  `create unique index asset_corrections_in_force on asset_corrections (card_id, field) where ended_because is null`,
  // The health of every unit ('*' for the district) and family ('*' for all) at each check of a run.
  `create table asset_health_points (
    run_id int not null references runs, generation int not null, input_version int not null, unit text not null, family text not null,
    cards int not null, sound int not null, clean int not null, errors int not null, warnings int not null, infos int not null,
    primary key (run_id, generation, unit, family))`,
]
