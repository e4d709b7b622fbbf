import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLegacyIndex } from './legacy-index.js';
import { encodeNpy } from './npy.js';

const sampleData = fileURLToPath(new URL('../../../fixtures/samples/data', import.meta.url));
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-legacy-'));
  mkdirSync(join(dataDir, 'ai_data/embeddings'), { recursive: true });
  mkdirSync(join(dataDir, 'ai_data/cache'), { recursive: true });
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const line = (imagePath: string, hash: string, root = 'data/') =>
  `{"image_path": "${imagePath}", "embedding_file": "${root}ai_data/embeddings/${hash}.npy", "hash": "${hash}"}`;

function writeIndex(...lines: string[]): void {
  writeFileSync(join(dataDir, 'ai_data/cache/processed_images.jsonl'), lines.join('\n'));
}

function writeVector(hash: string, length = 512): void {
  const bytes = encodeNpy(new Float32Array(length).fill(0.25));
  writeFileSync(join(dataDir, `ai_data/embeddings/${hash}.npy`), bytes);
}

describe('the index of the older tool', () => {
  it('finds the one entry of a project and file name', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeVector('bbbbbbbbbbbbbbbb');
    writeIndex(
      line('/Volumes/old/Slender Kiara/faces/1.png', 'aaaaaaaaaaaaaaaa'),
      line('/Volumes/old/dalia/1.png', 'bbbbbbbbbbbbbbbb'),
    );
    const legacy = loadLegacyIndex({ dataDir });
    expect(legacy.size).toBe(2);
    expect(legacy.find(['Kiara_Slender', 'Slender Kiara'], 'Slender Kiara/faces/1.png')).toEqual({
      embeddingFile: join(dataDir, 'ai_data/embeddings/aaaaaaaaaaaaaaaa.npy'),
      imagePath: '/Volumes/old/Slender Kiara/faces/1.png',
    });
  });

  it('takes a folder for a project only as a whole', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeIndex(line('/old/dalia-2/1.png', 'aaaaaaaaaaaaaaaa'));
    expect(loadLegacyIndex({ dataDir }).find(['dalia', '1.png'], '1.png')).toBeUndefined();
  });

  it('finds nothing where two entries match', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeVector('bbbbbbbbbbbbbbbb');
    writeIndex(
      line('/old/dalia/a/1.png', 'aaaaaaaaaaaaaaaa'),
      line('/old/dalia/b/1.png', 'bbbbbbbbbbbbbbbb'),
    );
    expect(loadLegacyIndex({ dataDir }).find(['dalia'], '1.png')).toBeUndefined();
  });

  it('counts a repeated line once', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    const same = line('/old/dalia/1.png', 'aaaaaaaaaaaaaaaa');
    writeIndex(same, same);
    const legacy = loadLegacyIndex({ dataDir });
    expect(legacy.size).toBe(1);
    expect(legacy.find(['dalia'], '1.png')).toBeDefined();
  });

  it('finds nothing where the file is missing or of another shape', () => {
    writeVector('bbbbbbbbbbbbbbbb', 768);
    writeIndex(
      line('/old/dalia/1.png', 'aaaaaaaaaaaaaaaa'),
      line('/old/dalia/2.png', 'bbbbbbbbbbbbbbbb'),
    );
    const legacy = loadLegacyIndex({ dataDir });
    expect([legacy.find(['dalia'], '1.png'), legacy.find(['dalia'], '2.png')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('finds files of a data folder that has moved, from absolute and Windows paths', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeVector('bbbbbbbbbbbbbbbb');
    writeIndex(
      line('/old/dalia/1.png', 'aaaaaaaaaaaaaaaa', '/Users/me/project/data/'),
      String.raw`{"image_path": "C:\\old\\dalia\\2.png", "embedding_file": "data\\ai_data\\embeddings\\bbbbbbbbbbbbbbbb.npy", "hash": "b"}`,
    );
    const legacy = loadLegacyIndex({ dataDir });
    const files = ['1.png', '2.png'].map((name) => legacy.find(['dalia'], name)?.embeddingFile);
    expect(files.map((file) => basename(file ?? ''))).toEqual([
      'aaaaaaaaaaaaaaaa.npy',
      'bbbbbbbbbbbbbbbb.npy',
    ]);
  });

  it('never leaves the embeddings folder', () => {
    writeFileSync(join(dataDir, 'ai_data/x.npy'), encodeNpy(new Float32Array(512)));
    writeIndex(line('/old/dalia/1.png', '../x'));
    expect(loadLegacyIndex({ dataDir }).find(['dalia'], '1.png')).toBeUndefined();
  });

  it('matches accents in either encoding', () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeIndex(line('/old/dalia/ge\u0328s\u0301.png', 'aaaaaaaaaaaaaaaa'));
    expect(loadLegacyIndex({ dataDir }).find(['dalia'], 'g\u0119\u015b.png')).toBeDefined();
  });

  it("ignores Cullstream's own lines and torn ones", () => {
    writeVector('aaaaaaaaaaaaaaaa');
    writeIndex(
      '{"image_path":"dalia/1.png","embedding_file":"data/ai_data/embeddings/aaaaaaaaaaaaaaaa.npy","hash":"aaaaaaaaaaaaaaaa","recipe":"0123456789abcdef"}',
      '{"image_path": "/old/dalia/1.p',
      line('/old/dalia/2.png', 'aaaaaaaaaaaaaaaa'),
    );
    const legacy = loadLegacyIndex({ dataDir });
    expect(legacy.size).toBe(1);
    expect(legacy.find(['dalia'], '1.png')).toBeUndefined();
    expect(legacy.find(['dalia'], '2.png')).toBeDefined();
  });

  it('is empty without a file', () => {
    expect(loadLegacyIndex({ dataDir }).size).toBe(0);
  });
});

describe('the sample of the older tool', () => {
  it('holds eight vectors that can be used and one whose file is gone', () => {
    cpSync(join(sampleData, 'ai_data'), join(dataDir, 'ai_data'), { recursive: true });
    const legacy = loadLegacyIndex({ dataDir });
    expect(legacy.size).toBe(9);
    const found = (name: string) =>
      basename(legacy.find(['dalia'], name)?.embeddingFile ?? 'nothing');
    expect(found('20250701_000004_stage1_generated.png')).toBe('3b36a631eec70c89.npy');
    expect(found('20250701_000256_stage2_upscaled.png')).toBe('53e5dd96e27b23cc.npy');
    expect(found('20250701_000409_stage3_enhanced.png')).toBe('nothing');
    expect(found('gone.png')).toBe('nothing');
    expect(legacy.find(['Patricia'], '20250701_000004_stage1_generated.png')).toBeUndefined();
  });
});
