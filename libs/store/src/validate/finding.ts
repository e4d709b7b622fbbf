/** The checks, by stable names for people and scripts. */
export type Check =
  | 'readable'
  | 'locked'
  | 'integrity'
  | 'schema'
  | 'required-value'
  | 'json'
  | 'index-in-group'
  | 'box'
  | 'confidence'
  | 'dimensions'
  | 'partial-prediction'
  | 'duplicate-image'
  | 'unknown-image';

/** Something wrong with a database: an error breaks its readers, a warning should be looked at. */
export interface Finding {
  readonly severity: 'warning' | 'error';
  readonly check: Check;
  readonly groupId?: string;
  readonly message: string;
}

export type Report = (finding: Finding) => void;
