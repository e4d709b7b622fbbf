import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromSubjectToken, toSubject, toSubjectFilter, toSubjectToken } from './subjects.js';

it('encodes every byte that is no letter, digit or dash', () => {
  expect(toSubjectToken('Slender Kiara')).toBe('Slender_20Kiara');
  expect(toSubjectToken('1101_Hailey')).toBe('1101_5FHailey');
  expect(toSubjectToken('ł.')).toBe('_C5_82_2E');
});

it('gives back the name for any text, with one token a name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const token = toSubjectToken(name);
      expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(fromSubjectToken(token)).toBe(name);
    }),
  );
});

it('refuses what it cannot have made', () => {
  expect(() => fromSubjectToken('a.b')).toThrow(RangeError);
});

it('puts run and project into the subject', () => {
  const run = '20260131T094500Z-k3x9';
  expect(toSubject('images', run, 'mojo 1')).toBe('cull.images.20260131T094500Z-k3x9.mojo_201');
  expect(toSubject('results', run, 'dalia', 'project.progressed')).toBe(
    'cull.results.20260131T094500Z-k3x9.dalia.project_2Eprogressed',
  );
  expect(toSubjectFilter('images', run)).toBe('cull.images.20260131T094500Z-k3x9.>');
  expect(toSubjectFilter('predictions')).toBe('cull.predictions.>');
});
