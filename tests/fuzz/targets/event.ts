import { readdirSync, readFileSync } from 'node:fs';
import { decodeEvent, encodeEvent, MalformedEventError } from '@cullstream/contracts';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

const fixtures = new URL('../../../libs/contracts/fixtures/v1/', import.meta.url);

/** Messages of one event each: JSON, or a vector's frame. */
export const target: FuzzTarget = {
  name: 'event',
  seeds: () => readdirSync(fixtures).map((name) => readFileSync(new URL(name, fixtures))),
  tokens: [
    '"type":"image.found"',
    '"type":"project.failed"',
    '"kind":"file"',
    '"reason":',
    '"__proto__":{',
    'null',
    '1e400',
    '[]',
  ].map((text) => Buffer.from(text)),
  run(bytes) {
    const read = allowing([MalformedEventError], () => decodeEvent(bytes));
    if (read === undefined) return;
    const again = allowing([MalformedEventError], () => decodeEvent(encodeEvent(read)));
    require(again !== undefined &&
      toText(again) === toText(read), 'an event is written back to the same one');
  },
};

function toText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Float32Array ? Buffer.from(part.buffer).toString('hex') : part,
  );
}
