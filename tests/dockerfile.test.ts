import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { engineEnvironment } from '@cullstream/embedding';

const dockerfile = readFileSync(new URL('../deploy/Dockerfile', import.meta.url), 'utf8');
const embedders = dockerfile
  .split(/^FROM /m)
  .filter((stage) => /^ENTRYPOINT .*embedder/m.test(stage));

it('the images of embedders set what allocates memory as the command does', () => {
  const { UV_THREADPOOL_SIZE, ...engineMemory } = engineEnvironment;
  expect(Number(UV_THREADPOOL_SIZE)).toBeGreaterThanOrEqual(4);
  expect(embedders).toHaveLength(2);
  for (const stage of embedders) {
    for (const [name, value] of Object.entries(engineMemory)) {
      expect(stage).toContain(`${name}=${value}`);
    }
    // An image is made for machines with any number of cores.
    expect(stage).toContain('UV_THREADPOOL_SIZE=32');
  }
});
