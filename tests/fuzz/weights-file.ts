import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CheckpointError,
  MalformedCheckpoint,
} from '../../libs/inference/src/checkpoint/checkpoint-error.js';
import { openCheckpoint } from '../../libs/inference/src/checkpoint/open-checkpoint.js';
import { require } from './fuzz-target.js';
import { scratchFolder } from './scratch-folder.js';

const MOST_TENSORS = 50;

/** Opens weights and reads their tensors. They are refused with a sentence about the file, or read as described. */
export async function openWeights(bytes: Buffer): Promise<void> {
  const path = join(scratchFolder(), 'weights.pt');
  writeFileSync(path, bytes);
  try {
    const opened = await openCheckpoint(path);
    try {
      for (const tensor of [...opened.tensors.values()].slice(0, MOST_TENSORS)) {
        const elements = tensor.shape.reduce((product, size) => product * size, 1);
        const isWhole = (await tensor.read()).length === elements;
        require(isWhole, 'a tensor has as many elements as its shape says');
      }
    } finally {
      await opened.close();
    }
  } catch (error) {
    const isOwn = error instanceof CheckpointError && error.cause instanceof MalformedCheckpoint;
    if (!isOwn) throw error instanceof CheckpointError ? error.cause : error;
  }
}
