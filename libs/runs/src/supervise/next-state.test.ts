import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { closed, events, toStateName } from '../testing/service-events.js';
import type { ProcessEnd } from './describe-process-end.js';
import {
  ASK_AGAIN_AFTER_MS,
  initialStep,
  MAX_RESTARTS_PER_MINUTE,
  nextState,
  RESTART_DELAYS,
  type Action,
  type Event,
} from './next-state.js';
import { ServiceEndedError } from './service-ended-error.js';

/** What is done through a series of events, and the state that it ends in. */
function play(...series: readonly Event[]) {
  let { state } = initialStep;
  const actions: Action[] = [...initialStep.actions];
  for (const event of series) {
    const step = nextState('writer', state, event);
    ({ state } = step);
    actions.push(...step.actions);
  }
  return { state: toStateName(state), actions, kinds: actions.map(({ kind }) => kind) };
}

const { exited, crash, timer, yes, no, hold, release, stop } = events;

describe('the next state of a supervised service', () => {
  it('is running again after an end, later each time, up to the longest delay', () => {
    const ends = [0, 1, 2, 3, 4, 5].flatMap((second) => [
      exited,
      closed({ code: 1 }, second * 1_000),
      timer,
      yes,
    ]);
    const { state, actions } = play(...ends);
    expect(state).toBe('running');
    expect(actions.flatMap((action) => (action.kind === 'wait' ? [action.ms] : []))).toEqual([
      300, 600, 1_200, 2_400, 4_800, 5_000,
    ]);
    expect(actions.filter(({ kind }) => kind === 'start')).toHaveLength(7);
  });

  it('is over with more ends within a minute than are allowed', () => {
    const ends = Array.from({ length: MAX_RESTARTS_PER_MINUTE + 1 }, (_end, second) => [
      exited,
      closed({ code: 7 }, second * 1_000),
      ...(second < MAX_RESTARTS_PER_MINUTE ? [timer, yes] : []),
    ]).flat();
    const { state, actions } = play(...ends);
    expect(state).toBe('over');
    const error = new ServiceEndedError(
      'writer',
      7,
      'the writer ended 9 times within a minute, at last so: it ended with code 7',
    );
    expect(actions.at(-1)).toEqual({ kind: 'reject', error });
    expect(actions.filter(({ kind }) => kind === 'tellRestart')).toHaveLength(
      MAX_RESTARTS_PER_MINUTE,
    );
  });

  it('goes on for any number of ends that lie further apart', () => {
    const apartMs = RESTART_DELAYS.forgottenAfterMs / MAX_RESTARTS_PER_MINUTE;
    const ends = Array.from({ length: 3 * MAX_RESTARTS_PER_MINUTE }, (_end, index) => [
      exited,
      closed({ code: 1 }, index * apartMs),
      timer,
      yes,
    ]).flat();
    expect(play(...ends).state).toBe('running');
  });

  it('counts no end that was asked for', () => {
    const holds = Array.from({ length: 20 }, () => [hold, exited, release]).flat();
    expect(play(...holds, exited, crash).actions.at(-1)).toEqual({ kind: 'wait', ms: 300 });
  });

  it('asks again each second until it may be started', () => {
    const { state, actions } = play(exited, crash, timer, no, timer, no, timer, yes);
    expect(state).toBe('running');
    expect(actions.filter(({ kind }) => kind === 'ask')).toHaveLength(3);
    expect(actions.filter(({ kind }) => kind === 'wait').slice(1)).toEqual([
      { kind: 'wait', ms: ASK_AGAIN_AFTER_MS },
      { kind: 'wait', ms: ASK_AGAIN_AFTER_MS },
    ]);
  });

  it('says how and why it ended', () => {
    const findTelling = (end: Partial<ProcessEnd>) => play(exited, closed(end)).actions.at(-2);
    expect(findTelling({ code: 1, reasons: ['the disk is gone'] })).toEqual({
      kind: 'tellRestart',
      how: 'code 1',
      why: 'the disk is gone',
    });
    expect(findTelling({ signal: 'SIGSEGV' })).toEqual({
      kind: 'tellRestart',
      how: 'signal SIGSEGV',
      why: 'it broke down (SIGSEGV)',
    });
  });

  it('is over with what it said where it refuses to work', () => {
    const refused = (reasons: string[]) =>
      play(exited, closed({ code: 2, reasons })).actions.at(-1);
    const rejection = (...problems: string[]) => ({
      kind: 'reject',
      error: new ConfigurationError(problems),
    });
    expect(refused(['no models', 'no data'])).toEqual(
      rejection('the writer refuses: no models', 'the writer refuses: no data'),
    );
    expect(refused([])).toEqual(rejection('the writer refuses its settings'));
  });

  it('is started once, however often it is released', () => {
    expect(play(hold, exited, release, release).kinds).toEqual(['start', 'end', 'start']);
    expect(play(hold, release, release, exited, release).kinds).toEqual(['start', 'end', 'start']);
  });

  it('is not started by what was asked before it was held', () => {
    expect(play(exited, crash, hold, timer).state).toBe('held');
    expect(play(exited, crash, timer, hold, yes).state).toBe('held');
    expect(
      play(exited, crash, timer, hold, release, yes).kinds.filter((kind) => kind === 'start'),
    ).toHaveLength(2);
  });

  it('resolves once when it is stopped, whatever comes then', () => {
    const isResolve = (kind: string) => kind === 'resolve';
    expect(play(stop, exited, crash, release, timer).kinds.filter(isResolve)).toHaveLength(1);
    expect(play(exited, crash, stop, timer, stop).kinds.filter(isResolve)).toHaveLength(1);
    expect(play(hold, exited, stop, stop, release).kinds.filter(isResolve)).toHaveLength(1);
  });
});
