import { encodeEvent, type ImageFound, type ZipEntrySource } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { predictedImages } from '../testing/image-results.js';
import { Acceptances, isSameFailure } from './acceptance.js';
import { identifyImage, identifyMessage } from './identify-failure.js';

const entry: ZipEntrySource = {
  kind: 'zip-entry',
  archive: 'dalia.zip',
  entryIndex: 3,
  localHeaderOffset: 400,
  method: 8,
  encrypted: false,
  compressedSize: 50,
  size: 60,
  crc32: 0xabc,
};
const failure = { image: 'a.png', source: entry, stage: 'embedder', reason: 'not-an-image' };
const known = identifyImage('dalia', failure);

function makeMessage(run: string): Uint8Array {
  const [predicted] = predictedImages({ groupSizes: [2], run });
  if (predicted === undefined) throw new Error('it is made');
  const { v, project, sequence, image, source, group } = predicted;
  const event: ImageFound = {
    ...{ v, run: predicted.run, project, sequence, image, source, group },
    type: 'image.found',
    legacyEmbedding: null,
  };
  return encodeEvent(event);
}

describe('a failed image', () => {
  it('is the same in an archive that was packed anew', () => {
    const repacked = {
      ...entry,
      entryIndex: 0,
      localHeaderOffset: 0,
      method: 0,
      compressedSize: 60,
    };
    const again = identifyImage('dalia', { ...failure, source: repacked });
    expect(isSameFailure(known, again)).toBe(true);
  });

  it.each([
    ['other content', 'dalia', { ...failure, source: { ...entry, crc32: 0xabd } }],
    ['another reason', 'dalia', { ...failure, reason: 'crc-mismatch' }],
    ['another name', 'dalia', { ...failure, image: 'b.png' }],
    ['another project', 'tulip', failure],
  ])('is a new one with %s', (_what, project, other) => {
    expect(isSameFailure(known, identifyImage(project, other))).toBe(false);
  });

  it('is a new one where a file of the same size was written again', () => {
    const file = { kind: 'file', path: 'loose/a.png', size: 60, modifiedMs: 1_000 } as const;
    const before = identifyImage('loose', { ...failure, source: file });
    const after = identifyImage('loose', { ...failure, source: { ...file, modifiedMs: 2_000 } });
    expect(isSameFailure(before, after)).toBe(false);
  });
});

describe('a message that was given up', () => {
  const place = { project: 'dalia', entry: '', stage: 'embedder', reason: 'malformed-event' };

  it('is the same in another run where it is of an image', () => {
    const [one, other] = ['20260101T000000Z-aaaa', '20260102T000000Z-bbbb'].map((run) =>
      identifyMessage({ ...place, data: makeMessage(run) }),
    );
    expect(one).toEqual(other);
  });

  it('is known by its bytes where it is of no known shape', () => {
    const [one, same, other] = ['garbage', 'garbage', 'rubbish'].map((text) =>
      identifyMessage({ ...place, data: Buffer.from(text) }),
    );
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

it('accepts the same failure once, for the newer cause', () => {
  const accepted = { ...known, at: '2026-01-01T00:00:00.000Z', why: 'first' };
  const acceptances = new Acceptances([accepted]).with([{ ...accepted, why: 'second' }]);
  expect(acceptances.all).toEqual([{ ...accepted, why: 'second' }]);
  expect(acceptances.without([known]).find(known)).toBeUndefined();
});
