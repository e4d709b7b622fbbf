import { stat } from 'node:fs/promises';
import type { EngineProfile } from '@cullstream/embedding';
import type { Logger } from '@cullstream/runtime';
import { toImageBudget } from '../core/image-budget.js';
import type { EmbedderSettings } from '../settings.js';

const MB = 1024 * 1024;

interface Engine {
  readonly profile: EngineProfile;
  readonly modelPath: string;
  readonly log: Logger;
}

/** Memory in bytes for all images in progress, from the memory cap. Warns if the cap is too small. */
export async function chooseImageBudget(
  { memoryCap }: EmbedderSettings,
  { profile, modelPath, log }: Engine,
): Promise<number> {
  const capBytes = memoryCap === undefined ? undefined : memoryCap * MB;
  const { size: modelBytes } = await stat(modelPath);
  const { bytes, totalBytes } = toImageBudget({ ...profile, modelBytes, capBytes });
  if (capBytes !== undefined && totalBytes > capBytes) {
    log.warn(
      `a memory cap of ${memoryCap} MB is less than an embedder of ${profile.workers} workers needs, about ` +
        `${Math.ceil(totalBytes / MB)} MB: give it fewer workers or decodes, or a larger cap`,
    );
  }
  return bytes;
}
