import type { ProcessEnd } from '../supervise/describe-process-end.js';
import type { Event, State } from '../supervise/next-state.js';

export const closed = (end: Partial<ProcessEnd>, nowMs = 0): Event => ({
  kind: 'closed',
  end: { code: null, signal: null, reasons: [], rawLines: [], ...end },
  nowMs,
});

export const events = {
  exited: { kind: 'exited' },
  success: closed({ code: 0 }),
  crash: closed({ signal: 'SIGSEGV' }),
  refusal: closed({ code: 2, reasons: ['no models'] }),
  timer: { kind: 'timer' },
  yes: { kind: 'answered', mayStart: true },
  no: { kind: 'answered', mayStart: false },
  hold: { kind: 'hold' },
  release: { kind: 'release' },
  stop: { kind: 'stop' },
  kill: { kind: 'kill' },
} as const satisfies Record<string, Event>;
export type EventName = keyof typeof events;

/** The kind of a state, and what else tells it from others. */
export type StateName = State['kind'] | 'endedHeld' | 'holdingReleased';

export function toStateName(state: State): StateName {
  if (state.kind === 'ended' && state.isHeld) return 'endedHeld';
  if (state.kind === 'holding' && state.isReleased) return 'holdingReleased';
  return state.kind;
}
