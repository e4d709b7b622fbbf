import type { Migration } from 'kysely';
import { groundTruth } from './ground-truth.js';
import { initialSchema } from './initial-schema.js';
import { promotions } from './promotions.js';
import { replacedImages } from './replaced-images.js';
import { rowChecksums } from './row-checksums.js';

/** In the order in which they are applied. Never change a published migration; add a new one. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial-schema': initialSchema,
  '0002-promotions': promotions,
  '0003-ground-truth': groundTruth,
  '0004-row-checksums': rowChecksums,
  '0005-replaced-images': replacedImages,
};

export const migrationNames: readonly string[] = Object.keys(migrations);

/** Value of `user_version` in databases of this release: the number of migrations. */
export const SCHEMA_VERSION = migrationNames.length;
