import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeOddRanker } from './support/odd-models.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** Runs an inference on the main thread, as a service does. */
const script = `
  import { createMlpModel, watchInference } from '@cullstream/inference';
  const ranker = await createMlpModel({ kind: 'ranker', model: process.argv[1] });
  const clock = watchInference('predictor', 500);
  await clock.time(() => ranker.run(new Float32Array(512), 1));
`;

it('a process whose inference never ends is ended, and says why', async () => {
  const model = await writeOddRanker(join(await temporaryFolder(), 'endless.onnx'), 'endless');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, model], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  expect(said).toContain('"name":"predictor","msg":"an inference took more than 0.5 s');
});
