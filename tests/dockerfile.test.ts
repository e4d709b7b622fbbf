import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { engineMemory } from '@cullstream/embedding';

const dockerfile = readFileSync(new URL('../deploy/Dockerfile', import.meta.url), 'utf8');
const embedders = dockerfile
  .split(/^FROM /m)
  .filter((stage) => /^ENTRYPOINT .*embedder/m.test(stage));

it('the images of embedders set what allocates memory as the command does', () => {
  expect(embedders).toHaveLength(2);
  for (const stage of embedders) {
    for (const [name, value] of Object.entries(engineMemory)) {
      expect(stage).toContain(`${name}=${value}`);
    }
  }
});
