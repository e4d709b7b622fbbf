import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** The reference samples, beside the checkout where they are present. */
export const samples = {
  available: existsSync(join(shared, 'samples')),
  models: {
    embedder: join(shared, 'goldens/clip-import/clip_tiny.onnx'),
    ranker: join(shared, 'models/ranker_v3_w10.pt'),
    crop: join(shared, 'models/crop_proposer_v2.pt'),
  },
};

/** Path of one of the reference weights. */
export function sharedModel(file: string): string {
  return join(shared, 'models', file);
}

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
  readonly images: number;
  readonly failed: Record<string, string>;
  readonly ungrouped: string[];
  readonly groups: ExpectedGroup[];
}

export function readExpected(name: string): Record<string, ExpectedProject> {
  const document = JSON.parse(readFileSync(join(shared, 'samples', name), 'utf8')) as {
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
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-samples-'));
  cpSync(join(shared, 'samples'), folder, { recursive: true, preserveTimestamps: true });
  return {
    originals: join(folder, 'original'),
    data: join(folder, 'data'),
    inventory: join(folder, 'inventory.json'),
  };
}

export function toArgs(copy: SamplesCopy): string[] {
  const { embedder, ranker, crop } = samples.models;
  return [
    ...['--originals', copy.originals, '--data', copy.data, '--inventory', copy.inventory],
    ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
  ];
}
