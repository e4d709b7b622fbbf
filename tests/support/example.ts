import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { drawPicture, writeZip } from '@cullstream/examples';

export interface Example {
  readonly originals: string;
  readonly models: { readonly embedder: string; readonly ranker: string; readonly crop: string };
  readonly images: number;
}

const STAGES = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'];

/**
 * Originals with any number of distinct images that are quick to make and to decode: the same few
 * pictures, each with other bytes behind its end, as decoders allow. Two archives and a folder; every
 * third archive image group has a damaged member.
 */
export async function makeExample(folder: string, groupsPerProject: number): Promise<Example> {
  const originals = join(folder, 'originals');
  mkdirSync(join(originals, 'loose'), { recursive: true });
  const pictures = await drawVariants();
  const ofDay = (day: number) => makeEntries(pictures, day, groupsPerProject);
  await writeZip(join(originals, 'first.zip'), ofDay(1));
  await writeZip(join(originals, 'second.zip'), ofDay(2), { stored: true });
  for (const { name, bytes } of ofDay(3)) writeFileSync(join(originals, 'loose', name), bytes);
  return {
    originals,
    models: await writeDemoModels(join(folder, 'models')),
    images: 3 * groupsPerProject * STAGES.length,
  };
}

/** The pictures of which {@link makeEntries} makes images: one for each stage. */
export function drawVariants(): Promise<Uint8Array[]> {
  return Promise.all(
    STAGES.map((_stage, variant) =>
      drawPicture({ scene: 7, variant, widthPx: 240, heightPx: 280, format: 'png' }),
    ),
  );
}

/** Images of one day, in groups of a picture's variants. No two days have the same bytes. */
export function makeEntries(
  pictures: readonly Uint8Array[],
  day: number,
  groups: number,
): { name: string; bytes: Buffer }[] {
  return Array.from({ length: groups }, (_unused, group) =>
    STAGES.map((stage, variant) => {
      const second = group * STAGES.length + variant;
      const clock = new Date(Date.UTC(2025, 6, day) + second * 1_000).toISOString();
      const name = `${clock.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}_${stage}.png`;
      const picture = pictures[variant] ?? new Uint8Array();
      const bytes = Buffer.concat([picture, Buffer.from(`day ${day} group ${group}`)]);
      return { name, bytes: group % 25 === 3 && variant === 1 ? bytes.subarray(0, 60) : bytes };
    }),
  ).flat();
}

export function toRunArgs({ originals, models }: Example, data: string): string[] {
  const { embedder, ranker, crop } = models;
  return [
    ...['run', '--originals', originals, '--data', data],
    ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
  ];
}

/** How many embeddings a data folder contains: the progress of a run. */
export function countVectors(data: string): number {
  try {
    return readdirSync(join(data, 'ai_data/embeddings')).filter((name) => name.endsWith('.npy'))
      .length;
  } catch {
    return 0;
  }
}

/** How many lines of the batch log name each project. */
export function countLogLines(data: string): Record<string, number> {
  const text = readFileSync(join(data, 'ai_data/batch_predictions_log.jsonl'), 'utf8');
  const counts: Record<string, number> = {};
  for (const line of text.trim().split('\n')) {
    const { project_id: project } = JSON.parse(line) as { project_id: string };
    counts[project] = (counts[project] ?? 0) + 1;
  }
  return counts;
}
