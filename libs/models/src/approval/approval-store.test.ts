import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from './approval.js';
import {
  readApprovals,
  revokeApprovals,
  storeApproval,
  type ApprovalPlace,
} from './approval-store.js';

const sha256 = 'a'.repeat(64);
const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const figures = {
  ...{ images: 2, groups: 1, contested: 1, picksChanged: 0 },
  ...{ cosineMin: 1, cosineMedian: 1, cornerMean: 0, cornerMax: 0, iouMean: 1, iouMin: 1 },
};
const approval: Approval = {
  ...({ precision: 'int8', device: 'cpu', approvedAt: '2026-01-02T00:00:00.000Z' } as const),
  ...{ thresholds: { samePicks: 1, cropOverlap: 1 }, figures, projects: [] },
  imagesPerSecond: { fp32: 1, approved: 2 },
  subject: {
    embedder: { file: 'encoder.pt', sha256 },
    ...{ activation: null, preprocessing: 'exact-1', onnxruntime: '1.30.0' },
    ranker: { file: 'ranker.pt', sha256, features },
    crop: { file: 'crop.pt', sha256, features },
    graph: { builder: 3, sha256 },
  },
};

describe('approvals of an image encoder', () => {
  let folder: string;
  let place: ApprovalPlace;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-approvals-'));
    place = { embedder: join(folder, 'encoder.pt'), sha256, dataDir: join(folder, 'data') };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lie beside its weights, the newest of a precision and device', async () => {
    const path = await storeApproval(place, approval);
    expect(path).toBe(join(folder, 'encoder.pt.approvals.json'));
    const newer = { ...approval, approvedAt: '2026-02-02T00:00:00.000Z' };
    const elsewhere = { ...approval, device: 'webgpu' } as const;
    await storeApproval(place, newer);
    await storeApproval(place, elsewhere);
    expect(await readApprovals(place)).toEqual({ approvals: [elsewhere, newer], unreadable: [] });
  });

  it.skipIf(process.getuid?.() === 0)(
    'lie in the data folder where its own cannot be written',
    async () => {
      const readOnly = { ...place, embedder: join(folder, 'weights/encoder.pt') };
      mkdirSync(join(folder, 'weights'), { mode: 0o555 });
      const path = await storeApproval(readOnly, approval);
      expect(path).toBe(join(folder, `data/ai_data/approvals/${sha256.slice(0, 32)}.json`));
      expect((await readApprovals(readOnly)).approvals).toEqual([approval]);
    },
  );

  it('are gone once they are revoked, others stay', async () => {
    const other = { ...approval, device: 'webgpu' } as const;
    await storeApproval(place, approval);
    await storeApproval(place, other);
    expect(await revokeApprovals(place, ({ device }) => device === 'cpu')).toEqual([approval]);
    expect((await readApprovals(place)).approvals).toEqual([other]);
    await revokeApprovals(place, () => true);
    expect(existsSync(`${place.embedder}.approvals.json`)).toBe(false);
  });

  it('count for nothing where the file cannot be understood, which is said', async () => {
    const path = `${place.embedder}.approvals.json`;
    writeFileSync(path, '{"version": 1, "approvals": [{"precision": "int8"}]}');
    expect(await readApprovals(place)).toEqual({ approvals: [], unreadable: [path] });
  });
});
