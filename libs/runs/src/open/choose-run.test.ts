import { ConfigurationError, type RunHead } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { chooseRun, type ChooseOptions } from './choose-run.js';

const records = [
  { run: 'a', state: 'completed' },
  { run: 'b', state: 'running' },
  { run: 'c', state: 'running' },
  { run: 'd', state: 'paused' },
  { run: 'e', state: 'running' },
] as RunHead[];

function choose(options: Partial<ChooseOptions>) {
  const usual = { id: undefined, noted: [], verb: 'pause', phases: ['running'] } as const;
  const toPhase = ({ run, state }: RunHead) => (run === 'e' ? 'interrupted' : state);
  return chooseRun(records, { ...usual, toPhase, ...options }).run;
}

describe('a command that means a run', () => {
  it('takes the one that is named', () => {
    expect(choose({ id: 'c' })).toBe('c');
  });

  it('takes the only one it can mean', () => {
    expect(choose({ phases: ['paused'] })).toBe('d');
  });

  it('takes the one the data folder is at, where several would do', () => {
    expect(choose({ noted: ['c'] })).toBe('c');
  });

  it.each([
    [{}, 'say which run to pause: b, c'],
    [{ id: 'a' }, 'run a is completed: there is nothing to pause'],
    [{ id: 'x' }, 'run x: the broker has no record of it'],
    [{ id: 'd' }, 'run d is paused already; `cullstream resume` lets it go on'],
    [{ id: 'b', phases: ['paused'], verb: 'resume' }, 'run b is running already'],
    [{ id: 'e' }, 'run e was interrupted: nothing works on it'],
    [{ phases: ['cancelled'] }, 'run e was interrupted: nothing works on it'],
    [{ phases: ['cancelled'], noted: ['d'] }, 'run d is paused already'],
  ] as const)('with %o is refused', (options, message) => {
    expect(() => choose(options)).toThrow(ConfigurationError);
    expect(() => choose(options)).toThrow(message);
  });

  it('takes the newest that the data folder is at, in the order in which it notes them', () => {
    expect(choose({ noted: ['gone', 'c', 'b'] })).toBe('c');
  });

  it('is told how what was interrupted goes on', () => {
    expect(() => choose({ id: 'e' })).toThrow('the same `cullstream run` resumes it');
    const replay = { ...records[0], run: 'e', replay: { from: 'images' } } as RunHead;
    const asked = { id: 'e', noted: [], verb: 'pause', phases: ['running'] } as const;
    const toPhase = () => 'interrupted' as const;
    expect(() => chooseRun([replay], { ...asked, toPhase })).toThrow(
      'run e was interrupted: nothing works on it, there is nothing to pause; ' +
        'the same `cullstream replay` resumes it',
    );
  });

  it('is refused where there is no run at all, or none of that name', () => {
    const asked = { noted: ['a'], verb: 'pause', phases: ['running'], toPhase: () => 'running' };
    expect(() => chooseRun([], { ...asked, id: undefined } as ChooseOptions)).toThrow(
      'there is no run to pause',
    );
    expect(() => choose({ id: 'x' })).toThrow(
      'run x: the broker has no record of it; `cullstream streams` lists those it has',
    );
  });

  it('is refused of a cancelled run as of a completed one', () => {
    const cancelled = { run: 'a', state: 'cancelled' } as RunHead;
    const asked = { id: 'a', noted: [], verb: 'cancel', phases: ['running'] } as const;
    expect(() => chooseRun([cancelled], { ...asked, toPhase: () => 'cancelled' })).toThrow(
      'run a is cancelled: there is nothing to cancel',
    );
  });
});
