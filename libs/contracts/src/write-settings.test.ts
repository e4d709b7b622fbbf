import { describe, expect, it } from 'vitest';
import { toWords, writeSettings } from './write-settings.js';

describe('writeSettings', () => {
  it('writes each setting that a message names, with its value', () => {
    const write = (name: string, value: string | undefined) => `${name}:${value ?? '-'}`;
    expect(writeSettings('‹data›: none; use ‹device=cpu› or ‹bytes=object-store›', write)).toBe(
      'data:-: none; use device:cpu or bytes:object-store',
    );
    expect(writeSettings('a ‹ b › {c}', write)).toBe('a ‹ b › {c}');
  });
  it('writes words for what is kept', () => {
    expect(writeSettings('set ‹legacyCache=ignore›, not ‹readTimeout›', toWords)).toBe(
      'set legacy cache ignore, not read timeout',
    );
  });
});
