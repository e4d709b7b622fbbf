import type { preprocessings } from '@cullstream/contracts';

export type PreprocessingMode = (typeof preprocessings)[number];

/** Names of the preprocessings in recipes. A version changes when one bit of any pixel could. */
export const PREPROCESSING_VERSIONS = {
  exact: 'exact-1',
  fast: 'fast-1',
} as const satisfies Record<PreprocessingMode, string>;

/** The name that recipes carry, for instance `exact-1`. */
export function preprocessingName(mode: PreprocessingMode): string {
  return PREPROCESSING_VERSIONS[mode];
}
