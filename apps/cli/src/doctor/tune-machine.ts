import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeMachine,
  describeProfile,
  medianOf,
  storeProfile,
  tuneEngine,
  usableMemoryBytes,
  type Trial,
  type Tuned,
} from '@cullstream/embedding';
import { ConfigurationError } from '@cullstream/contracts';
import { chooseEmbedder } from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import type { CommandContext } from '../commands/command-context.js';
import { formatTable } from '../output/format-table.js';
import type { DoctorSettings } from '../settings/doctor-settings.js';
import { drawPictures } from './draw-pictures.js';

/** With drawing and the last round, less than a minute. */
const BUDGET_MS = 45_000;
const MB = 1e6;

/**
 * Measures how this machine embeds fastest with the user's model, and keeps it in the cache folder.
 * @throws {ConfigurationError} when there is no image encoder, or it cannot be used, or a card is asked
 *   for
 */
export async function tuneMachine(
  settings: DoctorSettings,
  { terminal, environment }: CommandContext,
): Promise<number> {
  if (settings.device !== 'cpu') {
    throw new ConfigurationError(['‹tune›: measures the processor; leave ‹device› out']);
  }
  const { data: dataDir, cache: cacheDir, precision, preprocess } = settings;
  const { recipe, modelPath } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { cores } = describeMachine();
  const capBytes =
    settings.memoryCap === undefined ? usableMemoryBytes() / 2 : settings.memoryCap * MB;
  const { sha256: modelSha256, file } = recipe.model;
  terminal.note(`measuring ${file} on ${cores} cores; let nothing else work meanwhile`);
  const folder = await mkdtemp(join(tmpdir(), 'cullstream-tune-'));
  try {
    const tuned = await tuneEngine({
      model: {
        modelPath,
        preprocess,
        sharedWeights: { folder: join(cacheDir, 'weights'), modelSha256 },
      },
      pictures: await drawPictures(folder),
      cores,
      capBytes,
      budgetMs: BUDGET_MS,
      environment,
      onTried: (profile, rate) =>
        terminal.note(`${describeProfile(profile)}: ${rate.toFixed(1)} images/s`),
    });
    const key = { modelSha256, precision, preprocess };
    const { chosen } = tuned;
    const stored =
      chosen === undefined
        ? undefined
        : await storeProfile(
            cacheDir,
            key,
            { profile: chosen.profile, imagesPerSecond: medianOf(chosen.imagesPerSecond) },
            new Date(),
          );
    terminal.print(settings.json ? toDocument(tuned, stored) : toText(tuned, stored, capBytes));
    return chosen === undefined ? exitCodes.failed : exitCodes.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toDocument({ trials, chosen, why }: Tuned, stored: string | undefined): string {
  return JSON.stringify({ chosen: chosen?.profile ?? null, why, stored, trials }, null, 2);
}

function toText({ trials, chosen, why }: Tuned, stored: string | undefined, cap: number): string {
  const table = formatTable(
    ['workers', 'threads', 'batch', 'decodes', 'images/s', 'least – most', 'rounds', 'MB'],
    trials.map((trial) => rowOf(trial)),
  );
  const verdict =
    chosen === undefined
      ? `${why}, ${(cap / MB).toFixed(0)} MB: give more with ‹memoryCap›; nothing was kept`
      : `chosen: ${describeProfile(chosen.profile)}: ${why}\nkept in ${stored ?? ''}`;
  return `${table}\n${verdict}`;
}

function rowOf({ profile, imagesPerSecond, peakBytes }: Trial) {
  const { workers, threads, batch, decodes } = profile;
  const [least, most] = [Math.min(...imagesPerSecond), Math.max(...imagesPerSecond)];
  return [
    ...[workers, threads, batch, decodes],
    medianOf(imagesPerSecond).toFixed(1),
    `${least.toFixed(1)} – ${most.toFixed(1)}`,
    imagesPerSecond.length,
    Math.round(peakBytes / MB),
  ];
}
