import { together, type FortressInput } from '../fortress-input.js';
import { smallArchives } from './archives.js';
import { commandInputs } from './commands.js';
import { largeArchives } from './large-archives.js';
import { largeFolders, smallFolders } from './folders.js';
import { largeImages, smallImages } from './images.js';
import { allWeights } from './weights.js';

const files = [...smallArchives, ...smallFolders, ...smallImages, ...allWeights];

export const inputs: readonly FortressInput[] = [
  ...files,
  ...commandInputs,
  ...largeArchives,
  ...largeFolders,
  ...largeImages,
];

/** In few processes, to take little time. */
export const inputsOfTheGate: readonly FortressInput[] = [
  together(files, 'source'),
  together(files, 'weights'),
];
