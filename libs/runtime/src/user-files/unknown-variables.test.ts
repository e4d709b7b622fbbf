import { expect, it } from 'vitest';
import { findUnknownVariables } from './unknown-variables.js';

it('tells variables that are misspelt from those of another version, and leaves the rest alone', () => {
  const environment = {
    CULL_ORIGINALS: '/a',
    CULL_ORIGINALS_DIR: '/a',
    CULL_ORIGNALS: '/a',
    CULL_precision: 'int8',
    CULL_SOMETHING_ELSE_ALTOGETHER: 'x',
    CULL_DATAS: undefined,
    CULLED: 'x',
    PATH: '/bin',
  };
  expect(findUnknownVariables(environment)).toEqual({
    misspelt: [
      'CULL_ORIGNALS in the environment: there is no such variable; did you mean "CULL_ORIGINALS"?',
      'CULL_precision in the environment: there is no such variable; did you mean "CULL_PRECISION"?',
    ],
    others: ['CULL_SOMETHING_ELSE_ALTOGETHER in the environment is ignored: no program reads it'],
  });
});
