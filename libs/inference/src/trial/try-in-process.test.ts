import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeOddRanker } from '../../tests/support/odd-models.js';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { buildDemoEncoder } from '../demo/demo-encoder.js';
import { tryInProcess } from './try-in-process.js';

const limitBytes = 1e9;

it('finds what never ends', async () => {
  const onnx = await writeOddRanker(join(await temporaryFolder(), 'endless.onnx'), 'endless');
  const [outcome] = await tryInProcess([{ kind: 'ranker', onnx }], { limitMs: 2_000, limitBytes });
  expect(outcome?.problem).toBe(
    'it gave no result within 2 s, which is the limit: it seems never to end',
  );
});

it('finds what gives no numbers, wants all memory or cannot be loaded, and what is sound beside it', async () => {
  const dir = await temporaryFolder();
  const sound = join(dir, 'sound.onnx');
  await buildDemoEncoder({ seed: 1, size: 'small', path: sound });
  const damaged = join(dir, 'damaged.onnx');
  await writeFile(damaged, Buffer.from([0x08, 0x08]));
  const models = [
    { kind: 'ranker', onnx: await writeOddRanker(join(dir, 'nan.onnx'), 'nan') },
    {
      kind: 'ranker',
      onnx: await writeOddRanker(join(dir, 'infinity.onnx'), 'infinity'),
    },
    { kind: 'ranker', onnx: await writeOddRanker(join(dir, 'huge.onnx'), 'huge') },
    { kind: 'ranker', onnx: damaged },
    { kind: 'crop-proposer', onnx: join(dir, 'nan.onnx') },
    { kind: 'image-encoder', onnx: sound },
  ] as const;
  const outcomes = await tryInProcess(models, { limitMs: 60_000, limitBytes });
  expect(outcomes.map(({ problem = 'sound' }) => problem)).toEqual([
    'it gives NaN or infinity: its weights are damaged',
    'it gives NaN or infinity: its weights are damaged',
    'it wants more memory than there is for it (1000 MB)',
    expect.stringMatching(/^onnxruntime cannot load it: .*/) as string,
    expect.stringContaining('a crop-proposer takes float32 [N,514]') as string,
    'sound',
  ]);
});
