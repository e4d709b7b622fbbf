import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const folder = join(fixtures, 'samples');

/** The weights that determine the samples' decisions, and a second ranker for replays. */
export const sampleModels = {
  embedder: join(fixtures, 'clip/clip_tiny.onnx'),
  ranker: join(folder, 'ranker_a.safetensors'),
  otherRanker: join(folder, 'ranker_b.safetensors'),
  crop: join(folder, 'crop.safetensors'),
  /** The same encoder as a checkpoint, which can be converted to int8. */
  checkpoint: join(fixtures, 'clip/openai_style_jit.pt'),
};

export interface ExpectedGroup {
  readonly images: string[];
  readonly first_timestamp: string | null;
  readonly ai_selected_index: number;
  readonly ai_confidence: number;
  readonly ai_crop_coords: [number, number, number, number] | null;
  readonly image_width: number;
  readonly image_height: number;
  readonly scores: (number | null)[];
}

export interface ExpectedProject {
  readonly groups: ExpectedGroup[];
}

export function readExpected(name: string): Record<string, ExpectedProject> {
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    projects: Record<string, ExpectedProject>;
  };
  return document.projects;
}

export interface SamplesCopy {
  readonly originals: string;
  readonly data: string;
  readonly inventory: string;
}

/** A copy of originals and data to work on. */
export function copySamples(): SamplesCopy {
  const copy = mkdtempSync(join(tmpdir(), 'cullstream-samples-'));
  cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
  return {
    originals: join(copy, 'original'),
    data: join(copy, 'data'),
    inventory: join(copy, 'inventory.json'),
  };
}

export function toArgs(copy: SamplesCopy): string[] {
  const { embedder, ranker, crop } = sampleModels;
  return [
    ...['--originals', copy.originals, '--data', copy.data, '--inventory', copy.inventory],
    ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
  ];
}
