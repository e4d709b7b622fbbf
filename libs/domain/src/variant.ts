/** What a file name says of an image: when it was made and by which stage of the generator. */
export interface Variant {
  /** `YYYYMMDD_HHMMSS` as it stands in the name, never checked against a calendar. */
  readonly timestamp: string | undefined;
  /** Number of the stage, 0 where the name has none: unknown stages come before known ones. */
  readonly stage: number;
}

const TIMESTAMP = /\d{8}_\d{6}/;
const STAGES: readonly (readonly [marker: string, stage: number])[] = [
  ['stage1_generated', 1],
  ['stage1.5_face_swapped', 1.5],
  ['stage2_upscaled', 2],
  ['stage3_enhanced', 3],
];

/** Reads a base name such as `20250701_000210_stage1.5_face_swapped.png`, in any case. */
export function toVariant(baseName: string): Variant {
  const lower = baseName.toLowerCase();
  return {
    timestamp: TIMESTAMP.exec(baseName)?.[0],
    stage: STAGES.find(([marker]) => lower.includes(marker))?.[1] ?? 0,
  };
}

/** The part of an entry's name after its last `/`. */
export function toBaseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The stage in a base name, as it is usually written; undefined where the name has none. */
export function toStageName(baseName: string): string | undefined {
  const lower = baseName.toLowerCase();
  return STAGES.find(([marker]) => lower.includes(marker))?.[0];
}
