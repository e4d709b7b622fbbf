import { describe, expect, it } from 'vitest';
import type { FailedImage, FailedProject, PoisonedMessage } from './dead-entry.js';
import { toDocument, toFullDocument } from './to-document.js';

const base = {
  project: 'aurora',
  run: 'r1',
  archive: 'aurora.zip',
  entry: 'one.png',
  stage: 'embedder',
  reason: 'crc-mismatch',
  message: 'its bytes are others',
  attempts: 2,
  firstAt: '2026-01-30T09:00:00.000Z',
  lastAt: '2026-01-31T09:00:00.000Z',
};
const image = {
  ...base,
  kind: 'image',
  id: 'i1',
  sequence: 17,
  groupId: 'g1',
  source: { kind: 'file', path: 'one.png', size: 1, modifiedMs: 2 },
  database: { project: 'aurora', path: '/data/training/aurora.db', name: 'training/aurora.db' },
} as FailedImage;
const shown = {
  id: 'i1',
  kind: 'image',
  project: 'aurora',
  run: 'r1',
  archive: 'aurora.zip',
  entry: 'one.png',
  stage: 'embedder',
  reason: 'crc-mismatch',
  message: 'its bytes are others',
  attempts: 2,
  first_at: '2026-01-30T09:00:00.000Z',
  last_at: '2026-01-31T09:00:00.000Z',
  accepted: null,
};

describe('an entry as JSON', () => {
  it('has the same fields whatever failed', () => {
    expect(toDocument(image)).toEqual(shown);
  });

  it('says who took note of it, and why', () => {
    const accepted = { why: 'a scrap', at: '2026-02-01T00:00:00.000Z', kind: 'image' };
    const known = { ...image, accepted } as FailedImage;
    expect(toDocument(known).accepted).toEqual({ why: 'a scrap', at: '2026-02-01T00:00:00.000Z' });
  });

  it('tells in full where an image is', () => {
    expect(toFullDocument(image)).toEqual({
      ...shown,
      sequence: 17,
      group_id: 'g1',
      source: { kind: 'file', path: 'one.png', size: 1, modifiedMs: 2 },
      database: 'training/aurora.db',
    });
  });

  it('tells in full what a message is, its bytes among it', () => {
    const letter = {
      subject: 'cull.images.r1.aurora',
      stream: 'IMAGES',
      streamSequence: 5,
      consumer: 'embedder_r1',
      id: 'r1/aurora/17/image.found',
      data: Buffer.from('{}'),
    };
    const message = { ...base, kind: 'message', id: 'm3', letter } as unknown as PoisonedMessage;
    expect(toFullDocument(message)).toEqual({
      ...shown,
      kind: 'message',
      id: 'm3',
      subject: 'cull.images.r1.aurora',
      stream: 'IMAGES',
      stream_sequence: 5,
      consumer: 'embedder_r1',
      message_id: 'r1/aurora/17/image.found',
      bytes: 2,
      data_base64: 'e30=',
    });
  });

  it('has nothing to add of a project', () => {
    const project = { ...base, kind: 'project', id: 'p1' } as FailedProject;
    expect(toFullDocument(project)).toEqual({ ...shown, kind: 'project', id: 'p1' });
  });
});
