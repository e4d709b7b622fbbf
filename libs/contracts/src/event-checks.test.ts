import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { decodeEvent } from './codec.js';
import { eventSchemas, isEventType, getPublishCheck, getReadCheck } from './event-checks.js';

const fixtures = new URL('../fixtures/v1/', import.meta.url);
const goldens = readdirSync(fixtures).map((name) => {
  const event = decodeEvent(readFileSync(new URL(name, fixtures)));
  const header: unknown = JSON.parse(JSON.stringify({ ...event, vector: undefined }));
  return [event.type, header] as const;
});

/** Values of a wrong type or range. */
const strangers = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, NaN, Infinity, -0, 0.5, -1),
  fc.constantFrom('', ' ', '.', '..', 'a/b'),
);

describe('compiled checks', () => {
  it.each(goldens)('of %s find what the schemas find, whatever is changed', (type, header) => {
    const schema = eventSchemas[type];
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), strangers, (choices, stranger) => {
        const changed = changeSomething(structuredClone(header), choices, stranger);
        expectSame(getReadCheck(type).safeParse(changed), schema.safeParse(changed));
        expectSame(getPublishCheck(type).safeParse(changed), schema.strict().safeParse(changed));
      }),
      { numRuns: 300 },
    );
  });

  it('are made once', () => {
    expect(getReadCheck('image.found')).toBe(getReadCheck('image.found'));
    expect(getPublishCheck('image.found')).toBe(getPublishCheck('image.found'));
  });
});

it('does not take what every object has for a type of event', () => {
  expect(isEventType('image.found')).toBe(true);
  expect(['toString', '__proto__', '', undefined].filter(isEventType)).toEqual([]);
});

function expectSame(
  found: z.ZodSafeParseResult<unknown>,
  expected: z.ZodSafeParseResult<unknown>,
): void {
  expect(found.data).toStrictEqual(expected.data);
  expect(found.error?.issues).toEqual(expected.error?.issues);
}

/** Replaces one value by a wrong one, or adds one. */
function changeSomething(value: unknown, choices: Iterator<number>, stranger: unknown): unknown {
  if (typeof value !== 'object' || value === null) return stranger;
  const keys = [...Object.keys(value), 'another'];
  const key = keys[(choices.next().value as number) % keys.length] ?? '';
  const inside = value as Record<string, unknown>;
  const before = inside[key];
  const goesDeeper = (choices.next().value as number) % 4 > 0;
  inside[key] = goesDeeper ? changeSomething(before, choices, stranger) : stranger;
  return value;
}
