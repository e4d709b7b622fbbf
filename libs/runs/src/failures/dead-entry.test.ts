import { changeAcceptances, readAcceptances } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../testing/data-folder.js';
import {
  toFailureIdentity,
  isSelected,
  describeSelection,
  withAcceptance,
  type FailedImage,
  type FailedProject,
  type PoisonedMessage,
} from './dead-entry.js';

const base = {
  project: 'aurora',
  run: 'r1',
  archive: 'aurora',
  stage: 'embedder',
  reason: 'not-an-image',
  message: '',
  attempts: 1,
  firstAt: '',
  lastAt: '',
};
const image = {
  ...base,
  kind: 'image',
  id: 'i1',
  entry: 'a.png',
  source: { kind: 'file', path: 'aurora/a.png', size: 60, modifiedMs: 7 },
} as FailedImage;
const message = {
  ...base,
  kind: 'message',
  id: 'm1',
  entry: '',
  letter: { data: Buffer.from('no event') },
} as unknown as PoisonedMessage;
const project: FailedProject = {
  ...base,
  kind: 'project',
  id: 'p1',
  entry: '',
  identity: { ...toFailureIdentity(message), kind: 'project' },
};

describe('what is chosen of what was given up', () => {
  it('is all of it where nothing is named', () => {
    expect(isSelected(image, {})).toBe(true);
    expect(isSelected(image, { ids: [] })).toBe(true);
    expect(describeSelection({ ids: ['i1'] })).toBe('');
  });

  it.each([
    [{ reason: ['not-an-image'] }, true],
    [{ reason: ['crc-mismatch', 'not-an-image'] }, true],
    [{ reason: ['crc-mismatch'] }, false],
    [{ project: ['aurora'] }, true],
    [{ project: ['meadow'] }, false],
    [{ ids: ['i1', 'm1'] }, true],
    [{ ids: ['m1'] }, false],
    [{ ids: ['i1'], project: ['meadow'] }, false],
    [{ ids: ['i1'], reason: ['crc-mismatch'] }, false],
  ])('fits everything that is named: %o', (selection, expected) => {
    expect(isSelected(image, selection)).toBe(expected);
  });

  it('is said to be a part where projects or reasons were named', () => {
    const sentence = / of what ‹project› and ‹reason› choose; `cullstream dead list` lists/;
    expect(describeSelection({ reason: [] })).toMatch(sentence);
    expect(describeSelection({ project: [] })).toMatch(sentence);
  });
});

describe('a failure', () => {
  it('is the same one in another run, at another place of its archive', () => {
    const again: FailedImage = { ...image, run: 'r2', sequence: 12, id: 'i2' };
    expect(toFailureIdentity(again)).toEqual(toFailureIdentity(image));
    expect(toFailureIdentity(image)).toMatchObject({
      kind: 'image',
      project: 'aurora',
      image: 'a.png',
      stage: 'embedder',
      reason: 'not-an-image',
    });
  });

  it('is another one when content, image or bytes of the message differ', () => {
    const larger = { ...image, source: { ...image.source, size: 61 } } as FailedImage;
    const other = { ...message, letter: { ...message.letter, data: Buffer.from('no other') } };
    const all = [image, larger, { ...image, entry: 'b.png' }, message, other, project];
    expect(new Set(all.map((each) => JSON.stringify(toFailureIdentity(each)))).size).toBe(
      all.length,
    );
  });

  it('of a project is the one that its summary told', () => {
    expect(toFailureIdentity(project)).toBe(project.identity);
  });

  it('tells who took note of it, and is open again once that is undone', async () => {
    using data = createDataFolder();
    const accepted = {
      ...toFailureIdentity(image),
      at: '2026-02-01T00:00:00.000Z',
      why: 'a known scrap',
    };
    await changeAcceptances(data.path, (all) => all.with([accepted]));
    const { acceptances } = await readAcceptances(data.path);
    const known = withAcceptance(image, acceptances);
    expect(known).toEqual({ ...image, accepted });
    expect(withAcceptance(message, acceptances).accepted).toBeUndefined();
    expect(withAcceptance(known, acceptances.without([accepted])).accepted).toBeUndefined();
  });
});
