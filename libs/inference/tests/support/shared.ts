import { existsSync } from 'node:fs';

/** The folder of goldens beside the checkout; it is not part of the project. */
export const shared = new URL('../../../../../shared/', import.meta.url);
export const hasShared = existsSync(shared);
