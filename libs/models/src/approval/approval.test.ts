import { expect, it } from 'vitest';
import { describeChanges, type ApprovalSubject } from './approval.js';

const sha256 = 'a'.repeat(64);
const other = 'b'.repeat(64);
const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const subject: ApprovalSubject = {
  embedder: { file: 'encoder.pt', sha256 },
  ...{ activation: null, preprocessing: 'exact-1', onnxruntime: '1.30.0' },
  ranker: { file: 'ranker.pt', sha256, features },
  crop: { file: 'crop.pt', sha256, features },
  graph: { builder: 3, sha256 },
};

it('holds for the same, whatever the files are called', () => {
  const renamed = { ...subject, embedder: { file: 'renamed.pt', sha256 } };
  expect(describeChanges(subject, renamed)).toEqual([]);
});

it.each([
  [
    { embedder: { file: 'new.pt', sha256: other } },
    /^image encoder: encoder\.pt \(SHA-256 aaa.*, now new\.pt/,
  ],
  [{ ranker: { file: 'new.pt', sha256: other, features } }, /^ranker: ranker\.pt .* now new\.pt/],
  [
    { crop: { ...subject.crop, features: { ...features, dimensionScale: 10_000 } } },
    /^crop proposer's inputs: .*2048.* now .*10000/,
  ],
  [{ activation: 'gelu' as const }, /^activation: null, now gelu$/],
  [{ preprocessing: 'fast-2' }, /^pixels: exact-1, now fast-2$/],
  [{ onnxruntime: '1.31.0' }, /^onnxruntime: 1\.30\.0, now 1\.31\.0$/],
  [{ graph: { builder: 4, sha256: other } }, /^version of the graph builder: 3, now 4$/],
  [{ graph: { builder: 3, sha256: other } }, /^graph: aaaaaaaaaaaa, now bbbbbbbbbbbb$/],
])('does not hold for %o, and says so', (change, sentence) => {
  const changes = describeChanges(subject, { ...subject, ...change });
  expect(changes).toEqual([expect.stringMatching(sentence)]);
});
