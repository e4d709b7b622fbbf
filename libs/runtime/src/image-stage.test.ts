import { readFileSync } from 'node:fs';
import {
  decodeEvent,
  encodeEvent,
  MalformedEventError,
  toRetryId,
  toSubject,
  type ImageFound,
} from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { createImagePublisher, createImageStage } from './image-stage.js';

const fixtures = new URL('../../contracts/fixtures/v1/', import.meta.url);
const readBytes = (type: string) => new Uint8Array(readFileSync(new URL(`${type}.bin`, fixtures)));
const found = decodeEvent(readBytes('image.found')) as ImageFound;

const stage = createImageStage({ name: 'embedder', consumes: 'images', type: 'image.found' });
const subject = toSubject('images', found.run, found.project.name);
const toMessage = (data: Uint8Array) => ({ subject, data });
const failed = stage.fail(found, 'crc-mismatch', 'its CRC is wrong');

function createPublisher() {
  const published: { subject: string; bytes: Uint8Array; id: string }[] = [];
  const publisher = createImagePublisher(stage, 'embeddings', {
    publish(subject, bytes, { id }) {
      published.push({ subject, bytes, id });
      return Promise.resolve({ stream: 'EMBEDDINGS', sequence: 1, duplicate: false });
    },
  });
  return { ...publisher, published };
}

describe('a stage that handles images', () => {
  it('takes its type of event, and what an earlier stage has given up', () => {
    expect(stage.decode(toMessage(readBytes('image.found')))).toEqual(found);
    expect(stage.decode(toMessage(encodeEvent(failed)))).toEqual(failed);
  });

  it('refuses every other event by name, and what is none', () => {
    expect(() => stage.decode(toMessage(readBytes('image.embedded')))).toThrow(
      new MalformedEventError('image.embedded has no place among images'),
    );
    expect(() => stage.decode(toMessage(new Uint8Array([1, 2, 3])))).toThrow(MalformedEventError);
  });

  it('refuses an event of another run or project than its subject says', () => {
    const data = readBytes('image.found');
    for (const [run, project] of [
      ['20250101T000000Z-abcd', found.project.name],
      [found.run, 'other'],
    ] as const) {
      expect(() => stage.decode({ subject: toSubject('images', run, project), data })).toThrow(
        `image.found of project ${found.project.name} in run ${found.run} was published as cull.`,
      );
    }
  });

  it('publishes under an id that follows from the event, and from a retry of its message', async () => {
    const { publish, published } = createPublisher();
    expect(await publish(failed)).toBe(encodeEvent(failed).length);
    await publish(failed, toRetryId('any', 'ab12'));
    const id = `${found.run}/${found.project.name}/${found.sequence}/image.failed.embedder`;
    expect(published.map(({ id }) => id)).toEqual([id, `${id}/retry-ab12`]);
    expect(published[0]?.subject).toMatch(/^cull\.embeddings\./);
    expect(decodeEvent(published[0]?.bytes ?? new Uint8Array())).toEqual(failed);
  });

  it('ends the image of a message that is given up', async () => {
    const { passOnDead, published } = createPublisher();
    await passOnDead({ ...toMessage(encodeEvent(found)), id: 'a/retry-ab' }, new Error('a bug'));
    expect(published).toHaveLength(1);
    expect(published[0]?.id).toMatch(/\/retry-ab$/);
    expect(decodeEvent(published[0]?.bytes ?? new Uint8Array())).toMatchObject({
      type: 'image.failed',
      stage: 'embedder',
      reason: 'unexpected-error',
      message: 'a bug',
      sequence: found.sequence,
    });
  });

  it('passes on nothing where no image is known, or its failure already', async () => {
    const { passOnDead, published } = createPublisher();
    await passOnDead(toMessage(new Uint8Array([1])), new MalformedEventError('no event'));
    await passOnDead(toMessage(encodeEvent(failed)), new Error('a bug'));
    expect(published).toEqual([]);
  });
});
