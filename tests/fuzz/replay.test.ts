import { afterAll, expect, test } from 'vitest';
import { readCorpus } from './corpus.js';
import { removeScratchFolder } from './scratch-folder.js';
import { loadTarget, targetNames } from './targets.js';

afterAll(removeScratchFolder);

// `npm run fuzz` looks for more inputs; these are what it kept, and what it found.
test.each(targetNames)('%s holds for every input that is kept', async (name) => {
  const target = await loadTarget(name);
  const kept = readCorpus(name);
  expect(kept.length).toBeGreaterThan(0);
  for (const input of [...target.seeds(), ...kept]) await target.run(input);
});
