import { machine } from '../machine/machine.js';
import { StuckError, type SimulatedProcess } from '../machine/scheduler.js';
import { startCommand, type Command } from './command.js';
import type { Example } from './example.js';
import { SimulatedBroker } from './simulated-broker.js';
import {
  startService,
  toServiceNames,
  type RunningProcess,
  type ServiceName,
} from './simulated-service.js';

const RESTART_MS = 500;
/** A service that ends so often is never going to work. */
const MOST_RESTARTS = 40;
const EXIT_USAGE = 2;
/** Services give up what they cannot read or write after so many input/output errors. */
const LEAST_ERRORS = 5;
export const BROKER_URL = 'nats://127.0.0.1:4222';

export interface Place {
  readonly example: Example;
  readonly data: string;
  /** Whether services log all that they do, or warnings only. */
  readonly isTold: boolean;
  /** 1, or 2 that share the projects. */
  readonly extractors: number;
}

/** Everything that works on a run, and what keeps it alive. */
export class World {
  readonly broker = new SimulatedBroker();
  readonly place: Place;
  /** What processes said and what happened to them, in order. */
  readonly story: string[] = [];
  readonly #services = new Map<ServiceName, RunningProcess>();
  /** Not a process of the system: it does what the shell and the supervisor of the command do. */
  readonly #outside: SimulatedProcess;
  #command: Command | undefined;
  /** How often a command has ended: what was to follow from an earlier one does not happen. */
  #ends = 0;
  /** Services that were told to stop, and are to be started again. */
  readonly #told = new Set<ServiceName>();
  readonly #ioErrors = new Map<ServiceName, number>();
  #isStopping = false;
  #restarts = 0;
  isDone = false;
  hadPowerLoss = false;

  constructor(place: Place) {
    this.place = place;
    this.#outside = machine.start('outside', () => {
      // A power loss may come first; the command is given after it then.
      if (this.#ends === 0) this.#beginCommand();
    });
  }

  after(ms: number, run: () => void): void {
    machine.scheduler.post(this.#outside, ms, run);
  }

  tell(text: string): void {
    this.story.push(`${(machine.scheduler.nowMs / 1_000).toFixed(3)} ${text}`);
  }

  process(name: ServiceName): SimulatedProcess | undefined {
    return this.#services.get(name)?.process;
  }

  noteIoError(name: ServiceName): void {
    this.#ioErrors.set(name, (this.#ioErrors.get(name) ?? 0) + 1);
  }

  /** Whether something may be missing at the end, which the same command makes when it is given again. */
  get mayLackSomething(): boolean {
    return this.hadPowerLoss || [...this.#ioErrors.values()].some((each) => each >= LEAST_ERRORS);
  }

  /** Ends a service as `kill -9` does. */
  kill(name: ServiceName): void {
    const running = this.#services.get(name);
    if (running === undefined) return;
    machine.kill(running.process);
    this.after(0, () => this.#ended(name, undefined));
  }

  /** Lets a service finish what it has in hand, as SIGTERM does; it is started again. */
  stop(name: ServiceName): void {
    const running = this.#services.get(name);
    if (running === undefined) return;
    this.#told.add(name);
    running.stop('SIGTERM');
  }

  /** Ends the command as `kill -9` does. Its services notice, and the same command is given again. */
  killCommand(): void {
    if (this.#command === undefined || this.isDone) return;
    this.#endCommand();
    this.#stopServices('the parent process is gone');
    this.#giveAgain();
  }

  /** Ends everything at once, and starts it again; the broker had not written its newest messages. */
  losePower(messagesLost: number): void {
    this.hadPowerLoss = true;
    this.#isStopping = true;
    this.#endCommand();
    for (const { process } of this.#services.values()) machine.kill(process);
    this.#services.clear();
    this.#told.clear();
    this.broker.kill();
    this.broker.loseNewest(messagesLost);
    this.#laterUnlessEnded(RESTART_MS, () => {
      this.broker.startAgain(0, false);
      this.#beginCommand();
    });
  }

  /** The same command once more, after it has ended. */
  repeat(): void {
    this.isDone = false;
    this.#beginCommand();
  }

  #beginCommand(): void {
    if (this.#command !== undefined) throw new Error('the command was given twice');
    this.#isStopping = false;
    this.#isComplete = false;
    this.#command = startCommand(this.place, {
      onOpened: (run) => this.#laterUnlessEnded(0, () => this.#startServices(run)),
      onLine: (line) => this.#say('cli', line),
      onFailed: (error) => {
        this.tell(`the command failed: ${String(error)}`);
        this.#laterUnlessEnded(RESTART_MS, () => this.killCommand());
      },
    });
  }

  #endCommand(): void {
    if (this.#command !== undefined) machine.kill(this.#command.process);
    this.#command = undefined;
    this.#ends += 1;
  }

  /** The same command is given again once, however often it is ended before. */
  #laterUnlessEnded(ms: number, run: () => void): void {
    const ends = this.#ends;
    this.after(ms, () => {
      if (ends === this.#ends) run();
    });
  }

  #giveAgain(): void {
    const isEnding = this.#services.size > 0;
    this.#laterUnlessEnded(RESTART_MS, () => (isEnding ? this.#giveAgain() : this.#beginCommand()));
  }

  #startServices(run: string): void {
    this.tell(`run ${run} is opened`);
    for (const name of toServiceNames(this.place.extractors)) this.#start(name, run);
  }

  #start(name: ServiceName, run: string): void {
    if (this.#services.has(name)) throw new Error(`there are two of ${name}`);
    const { example, data, isTold, extractors } = this.place;
    const settings = {
      logLevel: isTold ? 'info' : 'warn',
      natsUrl: BROKER_URL,
      run,
      data,
      cache: example.cache,
      // The reporter would draw pictures of them for its report, in threads of the real system.
      ...(name === 'reporter' ? { embedders: '2' } : { originals: example.originals }),
    };
    const service = startService(name, {
      example,
      settings,
      extractors,
      onLine: (from, line) => this.#say(from, line),
      onEnd: (exitCode) => this.after(0, () => this.#ended(name, exitCode, run)),
    });
    this.#services.set(name, service);
    this.#run = run;
  }

  #run = '';

  #ended(name: ServiceName, exitCode: number | undefined, run = this.#run): void {
    if (!this.#services.delete(name)) return;
    this.tell(`${name} ended with ${exitCode ?? 'SIGKILL'}`);
    if (this.#isStopping) {
      if (this.#services.size === 0 && this.#isComplete) this.#finish();
      return;
    }
    if (exitCode === EXIT_USAGE) throw new StuckError(`the ${name} refuses its settings`);
    const isTold = this.#told.delete(name);
    if (exitCode === 0 && name === 'reporter' && !isTold) {
      this.#isComplete = true;
      this.#stopServices('the run is complete');
      if (this.#services.size === 0) this.#finish();
      return;
    }
    if (exitCode === 0 && name.startsWith('extractor') && !isTold) return;
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) throw new StuckError(`the ${name} ends again and again`);
    this.#laterUnlessEnded(RESTART_MS, () => {
      if (!this.#isStopping) this.#start(name, run);
    });
  }

  #isComplete = false;

  #stopServices(why: string): void {
    this.#isStopping = true;
    for (const service of this.#services.values()) service.stop(why);
  }

  #finish(): void {
    this.#endCommand();
    this.isDone = true;
  }

  #say(name: string, line: string): void {
    this.tell(`${name}: ${line.trim()}`);
  }
}
