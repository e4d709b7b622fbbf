import { expect, it } from 'vitest';
import { events, toStateName, type EventName, type StateName } from '../testing/service-events.js';
import { nextState, type State } from './next-state.js';

const recentEnds: readonly number[] = [];
const states = {
  running: { kind: 'running', recentEnds },
  ended: { kind: 'ended', recentEnds, isHeld: false },
  endedHeld: { kind: 'ended', recentEnds, isHeld: true },
  waiting: { kind: 'waiting', recentEnds },
  asking: { kind: 'asking', recentEnds },
  holding: { kind: 'holding', recentEnds, isReleased: false },
  holdingReleased: { kind: 'holding', recentEnds, isReleased: true },
  held: { kind: 'held', recentEnds },
  stopping: { kind: 'stopping', recentEnds },
  over: { kind: 'over', recentEnds },
} as const satisfies Record<StateName, State>;

/** An event that a row leaves out changes nothing. */
const table: Record<StateName, Partial<Record<EventName, readonly [StateName, ...string[]]>>> = {
  running: {
    exited: ['ended'],
    success: ['over', 'resolve'],
    crash: ['waiting', 'tellRestart', 'wait'],
    refusal: ['over', 'reject'],
    hold: ['holding', 'end'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  ended: {
    success: ['over', 'resolve'],
    crash: ['waiting', 'tellRestart', 'wait'],
    refusal: ['over', 'reject'],
    hold: ['endedHeld'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  endedHeld: {
    success: ['over', 'resolve'],
    crash: ['held', 'tellRestart'],
    refusal: ['over', 'reject'],
    release: ['ended'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  waiting: {
    timer: ['asking', 'ask'],
    hold: ['held'],
    stop: ['over', 'resolve'],
    kill: ['over', 'resolve'],
  },
  asking: {
    yes: ['running', 'start'],
    no: ['waiting', 'wait'],
    hold: ['held'],
    stop: ['over', 'resolve'],
    kill: ['over', 'resolve'],
  },
  holding: {
    exited: ['held'],
    release: ['holdingReleased'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  holdingReleased: {
    exited: ['running', 'start'],
    hold: ['holding'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  held: {
    release: ['running', 'start'],
    stop: ['over', 'resolve'],
    kill: ['over', 'resolve'],
  },
  stopping: {
    success: ['over', 'resolve'],
    crash: ['over', 'resolve'],
    refusal: ['over', 'resolve'],
    stop: ['stopping', 'end'],
    kill: ['stopping', 'kill'],
  },
  over: {},
};

const cells = (Object.keys(table) as StateName[]).flatMap((state) =>
  (Object.keys(events) as EventName[]).map((event) => {
    const [next, ...actions] = table[state][event] ?? [state];
    return { state, event, next, actions };
  }),
);

it.each(cells)('$state and $event: $next, $actions', ({ state, event, next, actions }) => {
  const step = nextState('writer', states[state], events[event]);
  expect([toStateName(step.state), ...step.actions.map(({ kind }) => kind)]).toEqual([
    next,
    ...actions,
  ]);
});
