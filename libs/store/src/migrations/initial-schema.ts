import { sql, type Kysely, type Migration } from 'kysely';

/** The tables as of the first release. Never edited: a change is a migration of its own. */
export const initialSchema: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [...aiDecisions, ...results]) await sql.raw(statement).execute(db);
  },
};

/** Columns and checks of the user's databases, with the user's columns nullable. */
const aiDecisions = [
  `CREATE TABLE ai_decisions (
    group_id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, project_id TEXT NOT NULL,
    directory TEXT, batch_number INTEGER, images TEXT NOT NULL,
    ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL,
    user_selected_index INTEGER, user_action TEXT, final_crop_coords TEXT, crop_timestamp TEXT,
    image_width INTEGER NOT NULL, image_height INTEGER NOT NULL,
    selection_match BOOLEAN, crop_match BOOLEAN, ai_crop_accepted BOOLEAN,
    prediction_recipe TEXT,
    CHECK(user_action IN ('approve','crop','reject')),
    CHECK(ai_selected_index >= 0),
    CHECK(user_selected_index >= 0 AND user_selected_index <= 3),
    CHECK(ai_confidence IS NULL OR (ai_confidence >= 0.0 AND ai_confidence <= 1.0)),
    CHECK(image_width > 0 AND image_height > 0))`,
  'CREATE INDEX idx_project_id ON ai_decisions(project_id)',
  'CREATE INDEX idx_timestamp ON ai_decisions(timestamp)',
  'CREATE INDEX idx_user_action ON ai_decisions(user_action)',
  `CREATE VIEW ai_performance AS
    SELECT project_id, COUNT(*) AS total_decisions, SUM(selection_match) AS correct_selections
    FROM ai_decisions GROUP BY project_id`,
];

const results = [
  `CREATE TABLE recipes (
    id TEXT PRIMARY KEY, recipe TEXT NOT NULL, first_used_at TEXT NOT NULL) STRICT`,
  `CREATE TABLE runs (
    run TEXT PRIMARY KEY, source TEXT NOT NULL, catalogue TEXT NOT NULL,
    recipe TEXT REFERENCES recipes(id),
    image_count INTEGER NOT NULL, group_count INTEGER NOT NULL, ungrouped_count INTEGER NOT NULL,
    started_at TEXT NOT NULL, completed_at TEXT,
    embedded_count INTEGER NOT NULL DEFAULT 0, cached_count INTEGER NOT NULL DEFAULT 0,
    failed_count INTEGER NOT NULL DEFAULT 0, decided_group_count INTEGER NOT NULL DEFAULT 0,
    failed_group_count INTEGER NOT NULL DEFAULT 0, inverted_crop_count INTEGER NOT NULL DEFAULT 0
  ) STRICT`,
  `CREATE TABLE images (
    catalogue TEXT NOT NULL, sequence INTEGER NOT NULL, image TEXT NOT NULL, source TEXT NOT NULL,
    group_id TEXT, position INTEGER,
    PRIMARY KEY (catalogue, sequence)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX images_of_group ON images(catalogue, group_id, position)',
  `CREATE TABLE groups (
    catalogue TEXT NOT NULL, group_id TEXT NOT NULL, images TEXT NOT NULL,
    present INTEGER NOT NULL, origin TEXT NOT NULL, directory TEXT NOT NULL,
    PRIMARY KEY (catalogue, group_id)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE predictions (
    run TEXT NOT NULL, sequence INTEGER NOT NULL, outcome TEXT NOT NULL,
    content_sha256 TEXT, width_px INTEGER, height_px INTEGER, embedding_recipe TEXT,
    score REAL, crop TEXT,
    stage TEXT, reason TEXT, message TEXT,
    PRIMARY KEY (run, sequence),
    CHECK (outcome IN ('computed','cached','legacy','failed')),
    CHECK ((outcome = 'failed') = (reason IS NOT NULL)),
    CHECK ((outcome = 'failed') = (score IS NULL))) STRICT, WITHOUT ROWID`,
  `CREATE INDEX failed_predictions ON predictions(run, sequence) WHERE outcome = 'failed'`,
  `CREATE TABLE group_decisions (
    run TEXT NOT NULL, group_id TEXT NOT NULL, seen INTEGER NOT NULL,
    outcome TEXT, selected_index INTEGER, confidence REAL, crop TEXT, inverted INTEGER,
    PRIMARY KEY (run, group_id)) STRICT, WITHOUT ROWID`,
];
