import { ConfigurationError, type RunRecord } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { refuseOrder } from './refuse-order.js';

const makeNames = (count: number) => Array.from({ length: count }, (_unused, index) => `p${index}`);

/** A run over so many projects. */
function makeRun(count: number, rest: Partial<RunRecord> = {}): RunRecord {
  const projects = makeNames(count).map((name) => ({ project: { name } }));
  return { run: 'r1', projects, ...rest } as RunRecord;
}

describe('projects that are to come first', () => {
  it('may be any of the run, a hundred at most', () => {
    expect(() => refuseOrder(makeRun(2), ['p1', 'p0'])).not.toThrow();
    expect(() => refuseOrder(makeRun(101), makeNames(100))).not.toThrow();
    expect(() => refuseOrder(makeRun(101), makeNames(101))).toThrow(
      'at most 100 projects can come first, not 101',
    );
  });

  it('are refused where the run has no such project, all at once', () => {
    const refusing = () => refuseOrder(makeRun(2), ['p0', 'x', 'y']);
    expect(refusing).toThrow(ConfigurationError);
    expect(refusing).toThrow(
      /^run r1 has no project "x"; there are: p0, p1\n.*run r1 has no project "y"; there are: p0, p1$/,
    );
  });

  it.each([
    [30, /p28, p29$/],
    [31, /p28, p29 and 1 more$/],
    [33, /p28, p29 and 3 more$/],
  ])('are refused with thirty of the run’s %i', (count, end) => {
    expect(() => refuseOrder(makeRun(count), ['x'])).toThrow(end);
  });

  it('are refused in a replay: its work is handed out already', () => {
    const replay = { from: 'images' } as RunRecord['replay'];
    expect(() => refuseOrder(makeRun(2, { replay }), ['p0'])).toThrow(
      'run r1 is a replay: all its work is handed out already',
    );
  });
});
