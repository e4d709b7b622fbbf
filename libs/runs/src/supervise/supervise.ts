import type { ChildReaper } from './child-reaper.js';
import {
  initialStep,
  nextState,
  type Action,
  type Event,
  type State,
  type Step,
} from './next-state.js';
import type { ServiceName } from './service-name.js';
import type { ServiceProcess, StartService } from './service-process.js';

export interface SuperviseOptions {
  readonly startService: StartService;
  /** Variables of the services beside those of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether it runs with a low priority. */
  readonly isGuest?: boolean;
  /** Whether it has few images to handle. */
  readonly isShort?: boolean;
  /** A program that does not run by then is killed, and started again. */
  readonly beginsWithinMs?: number;
  /** Whether it may be started again now: its data folder is there. */
  readonly mayStart?: () => Promise<boolean>;
  /** Ends it when this process is gone and it does not notice. */
  readonly lastWill: ChildReaper;
  readonly onLogLine: (service: ServiceName, line: string) => void;
  readonly onRestart: (service: ServiceName, how: string, why: string) => void;
}

export interface SupervisedService {
  /**
   * Resolves when the service ended by itself with success. Rejects with a ConfigurationError of what
   * it said where it refuses to work, with a ServiceEndedError where it cannot be kept alive.
   */
  readonly finished: Promise<void>;
  /**
   * Lets it finish what is in flight and end, until it is released; nothing where it has ended. One that
   * does not end in time is killed.
   */
  hold(): Promise<void>;
  /** Starts it again after `hold`. */
  release(): void;
  stop(): Promise<void>;
  kill(): void;
}

/** Keeps one service process alive: it is started again until it ends with success or is stopped. */
export function supervise(service: ServiceName, options: SuperviseOptions): SupervisedService {
  let state: State;
  let child: ServiceProcess;
  /** Settles when the process that was told to end last is gone. */
  let ending = Promise.resolve();
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const finished = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  finished.catch(() => undefined);

  const dispatch = (event: Event) => take(nextState(service, state, event));
  /** Timers of an earlier state have no effect in a later one. */
  const unlessChanged = () => {
    const asked = state;
    return (event: Event) => {
      if (state === asked) dispatch(event);
    };
  };

  function take(step: Step): void {
    ({ state } = step);
    for (const action of step.actions) perform(action);
  }

  function perform(action: Action): void {
    switch (action.kind) {
      case 'start':
        start();
        break;
      case 'end':
        ending = child.end();
        break;
      case 'kill':
        child.kill();
        break;
      case 'wait':
        setTimeout(unlessChanged(), action.ms, { kind: 'timer' });
        break;
      case 'ask':
        void ask(unlessChanged());
        break;
      case 'tellRestart':
        options.onRestart(service, action.how, action.why);
        break;
      case 'resolve':
        settle.resolve();
        break;
      case 'reject':
        settle.reject(action.error);
        break;
    }
  }

  function start(): void {
    const ofThis = (event: () => Event) => {
      if (child === started) dispatch(event());
    };
    const started = options.startService(service, {
      ...options,
      onLogLine: (line) => options.onLogLine(service, line),
      onExited: () => ofThis(() => ({ kind: 'exited' })),
      onClosed: (end) => ofThis(() => ({ kind: 'closed', end, nowMs: performance.now() })),
    });
    child = started;
  }

  async function ask(answer: (event: Event) => void): Promise<void> {
    answer({ kind: 'answered', mayStart: (await options.mayStart?.()) ?? true });
  }

  take(initialStep);
  return {
    finished,
    async hold() {
      dispatch({ kind: 'hold' });
      await ending;
    },
    release: () => dispatch({ kind: 'release' }),
    async stop() {
      dispatch({ kind: 'stop' });
      await ending;
    },
    kill: () => dispatch({ kind: 'kill' }),
  };
}
