import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableName, toDiskPath, toPathText } from './path-text.js';

const cafe = Buffer.from('caf\xe9/\xe9t\xe9.png', 'latin1');

describe('a file name that is no UTF-8', () => {
  it('is text that survives JSON and leads back to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = JSON.parse(JSON.stringify(toPathText(Buffer.from(bytes)))) as string;
        expect(Buffer.from(toDiskPath(text))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is as Python has it', () => {
    expect(toPathText(cafe)).toBe('caf\udce9/\udce9t\udce9.png');
  });

  it('is shown as Latin-1', () => {
    expect(readableName(toPathText(cafe))).toBe('café/été.png');
    expect(readableName(toPathText(Buffer.from([0x41, 0x85])))).toBe('A\ufffd');
  });
});

it('leaves every other name as it is', () => {
  expect(toDiskPath('Müller 😀/ガ.png')).toBe('Müller 😀/ガ.png');
  expect(toPathText(Buffer.from('Müller 😀'))).toBe('Müller 😀');
  expect(readableName('Müller 😀')).toBe('Müller 😀');
});
