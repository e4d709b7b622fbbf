import { toRestartDelay } from '@cullstream/broker';
import { ConfigurationError } from '@cullstream/contracts';
import { describeProcessEnd, type ProcessEnd } from './describe-process-end.js';
import { ServiceEndedError } from './service-ended-error.js';
import type { ServiceName } from './service-name.js';

/** The state of the process of a supervised service. */
export type State = Readonly<
  {
    /** When it has ended lately. */
    recentEnds: readonly number[];
  } & (
    | { kind: 'running' }
    /** Ended by itself; what it said last may still arrive. */
    | { kind: 'ended'; isHeld: boolean }
    /** Until it is started again. */
    | { kind: 'waiting' }
    /** Whether it may be started again. */
    | { kind: 'asking' }
    /** Told to end until it is released, which it may have been already. */
    | { kind: 'holding'; isReleased: boolean }
    /** No process until it is released. */
    | { kind: 'held' }
    /** Told to end for good. */
    | { kind: 'stopping' }
    | { kind: 'over' }
  )
>;

export type Event = Readonly<
  /** The process is gone; what it said last may still arrive. */
  | { kind: 'exited' }
  /** All that it said has arrived. */
  | { kind: 'closed'; end: ProcessEnd; nowMs: number }
  /** The wait is over. */
  | { kind: 'timer' }
  | { kind: 'answered'; mayStart: boolean }
  | { kind: 'hold' | 'release' | 'stop' | 'kill' }
>;

export type Action = Readonly<
  | { kind: 'start' }
  /** First by a signal that the service can handle. */
  | { kind: 'end' }
  | { kind: 'kill' }
  | { kind: 'wait'; ms: number }
  /** Ask whether it may be started. */
  | { kind: 'ask' }
  | { kind: 'tellRestart'; how: string; why: string }
  | { kind: 'resolve' }
  | { kind: 'reject'; error: Error }
>;

export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
}

export const RESTART_DELAYS = { firstMs: 300, longestMs: 5_000, forgottenAfterMs: 60_000 };
/** Restarts within a minute after which a service is not kept alive any more. */
export const MAX_RESTARTS_PER_MINUTE = 8;
export const ASK_AGAIN_AFTER_MS = 1_000;
const USAGE_EXIT_CODE = 2;

export const initialStep: Step = {
  state: { kind: 'running', recentEnds: [] },
  actions: [{ kind: 'start' }],
};

/** What an event makes of the state of a service, and what is to be done. */
export function nextState(service: ServiceName, state: State, event: Event): Step {
  const { recentEnds } = state;
  const stay: Step = { state, actions: [] };
  const over: Step = { state: { kind: 'over', recentEnds }, actions: [{ kind: 'resolve' }] };
  const held: Step = { state: { kind: 'held', recentEnds }, actions: [] };
  const start: Step = { state: { kind: 'running', recentEnds }, actions: [{ kind: 'start' }] };
  const isLast = event.kind === 'stop' || event.kind === 'kill';

  switch (state.kind) {
    case 'running':
      if (event.kind === 'exited') {
        return { state: { kind: 'ended', recentEnds, isHeld: false }, actions: [] };
      }
      if (event.kind === 'closed') return judge(service, { ...state, isHeld: false }, event);
      if (event.kind === 'hold') {
        const holding = { kind: 'holding', recentEnds, isReleased: false } as const;
        return { state: holding, actions: [{ kind: 'end' }] };
      }
      return isLast ? toStopping(state, event.kind) : stay;
    case 'ended':
      if (event.kind === 'closed') return judge(service, state, event);
      if (event.kind === 'hold') return { state: { ...state, isHeld: true }, actions: [] };
      if (event.kind === 'release') return { state: { ...state, isHeld: false }, actions: [] };
      return isLast ? toStopping(state, event.kind) : stay;
    case 'waiting':
      if (event.kind === 'timer') {
        return { state: { kind: 'asking', recentEnds }, actions: [{ kind: 'ask' }] };
      }
      if (event.kind === 'hold') return held;
      return isLast ? over : stay;
    case 'asking':
      if (event.kind === 'answered') {
        return event.mayStart ? start : toWaiting(recentEnds, ASK_AGAIN_AFTER_MS);
      }
      if (event.kind === 'hold') return held;
      return isLast ? over : stay;
    case 'holding':
      if (event.kind === 'exited') return state.isReleased ? start : held;
      if (event.kind === 'hold') return { state: { ...state, isReleased: false }, actions: [] };
      if (event.kind === 'release') return { state: { ...state, isReleased: true }, actions: [] };
      return isLast ? toStopping(state, event.kind) : stay;
    case 'held':
      if (event.kind === 'release') return start;
      return isLast ? over : stay;
    case 'stopping':
      if (event.kind === 'closed') return over;
      return isLast ? toStopping(state, event.kind) : stay;
    case 'over':
      return stay;
  }
}

function toStopping({ recentEnds }: State, how: 'stop' | 'kill'): Step {
  const action = how === 'stop' ? 'end' : 'kill';
  return { state: { kind: 'stopping', recentEnds }, actions: [{ kind: action }] };
}

function toWaiting(recentEnds: readonly number[], ms: number): Step {
  return { state: { kind: 'waiting', recentEnds }, actions: [{ kind: 'wait', ms }] };
}

/** What the end of a process that nobody told to end means. */
function judge(
  service: ServiceName,
  { recentEnds: before, isHeld }: Pick<State, 'recentEnds'> & { readonly isHeld: boolean },
  { end, nowMs }: Extract<Event, { kind: 'closed' }>,
): Step {
  const { code, signal, reasons } = end;
  const { delayMs, recentEnds } = toRestartDelay(before, nowMs, RESTART_DELAYS);
  const last = (action: Action): Step => ({
    state: { kind: 'over', recentEnds },
    actions: [action],
  });
  if (code === 0) return last({ kind: 'resolve' });
  if (code === USAGE_EXIT_CODE) {
    return last({ kind: 'reject', error: new ConfigurationError(toProblems(service, reasons)) });
  }
  const why = describeProcessEnd(end);
  if (recentEnds.length > MAX_RESTARTS_PER_MINUTE) {
    const said = `the ${service} ended ${recentEnds.length} times within a minute, at last so: ${why}`;
    return last({ kind: 'reject', error: new ServiceEndedError(service, code, said) });
  }
  const how = signal === null ? `code ${String(code)}` : `signal ${signal}`;
  const tell = { kind: 'tellRestart', how, why } as const;
  if (isHeld) return { state: { kind: 'held', recentEnds }, actions: [tell] };
  const waiting = toWaiting(recentEnds, delayMs);
  return { ...waiting, actions: [tell, ...waiting.actions] };
}

function toProblems(service: ServiceName, refusals: readonly string[]): string[] {
  if (refusals.length === 0) return [`the ${service} refuses its settings`];
  return refusals.map((refusal) => `the ${service} refuses: ${refusal}`);
}
