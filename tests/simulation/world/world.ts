import { machine } from '../machine/machine.js';
import { StuckError, type SimulatedProcess } from '../machine/scheduler.js';
import { isDeployed } from '../ingredients.js';
import { startCommand } from './command.js';
import { control, forgetCancelled, provision, readRunState } from './errands.js';
import {
  startService,
  toServiceNames,
  type RunningProcess,
  type ServiceName,
} from './simulated-service.js';
import { Surroundings, type Place } from './surroundings.js';

const RESTART_MS = 500;
/** How often the command looks whether its run is paused, or over. */
const LOOK_EVERY_MS = 1_000;
/** A service that ends so often is never going to work. */
const MOST_RESTARTS = 40;
const EXIT_USAGE = 2;

/** Everything that works on a run, and what keeps it alive. */
export class World extends Surroundings {
  readonly #services = new Map<ServiceName, RunningProcess>();
  /** How often the power has failed. */
  #outages = 0;
  /** Services that were told to stop, and are to be started again. */
  readonly #told = new Set<ServiceName>();
  #isStopping = false;
  #restarts = 0;
  isDone = false;
  /** Whether a run may have been cancelled, so that another one did the rest. */
  wasCancelled = false;
  /** Whether all but the reporter are stopped, since the run is paused. */
  #isHeld = false;
  readonly #heldBack = new Set<ServiceName>();
  constructor(place: Place) {
    super(place, () => {
      // A power loss may come first; the command is given after it then.
      if (this.ends === 0) this.#begin();
    });
  }

  process(name: ServiceName): SimulatedProcess | undefined {
    return this.#services.get(name)?.process;
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
    if (this.command === undefined || this.isDone) return;
    // Of a command whose run is complete nothing is left to kill.
    if (this.#isDeployed && this.#isStopping) return;
    this.endCommand();
    if (this.#isDeployed) {
      this.laterUnlessEnded(RESTART_MS, () => this.#beginCommand());
      return;
    }
    this.#stopServices('the parent process is gone');
    this.#giveAgain();
  }

  /** Ends everything at once, and starts it again; the broker had not written its newest messages. */
  losePower(messagesLost: number): void {
    this.hadPowerLoss = true;
    this.#outages += 1;
    this.#isStopping = true;
    this.endCommand();
    for (const { process } of this.#services.values()) machine.kill(process);
    this.endErrands();
    this.#services.clear();
    this.#told.clear();
    this.broker.kill();
    this.broker.loseNewest(messagesLost);
    this.laterUnlessEnded(RESTART_MS, () => {
      machine.unsynced?.losePower(machine.random);
      this.broker.startAgain(0, false);
      this.#begin();
    });
  }

  /** The same command once more, after it has ended. */
  repeat(): void {
    this.isDone = false;
    this.#begin();
  }

  /** Pauses the run for a while. */
  pause(forMs: number): void {
    const run = this.#run;
    if (run === '') return;
    const resume = () => this.send((onEnd) => control(this, run, 'resume', onEnd));
    this.send(
      (onEnd) => control(this, run, 'pause', onEnd),
      (end) => {
        if (end === 'done') this.after(forMs, resume);
      },
    );
  }

  /** Cancels the run; the same command then begins another one. */
  cancel(): void {
    const run = this.#run;
    if (run === '') return;
    this.wasCancelled = true;
    this.send((onEnd) => control(this, run, 'cancel', onEnd));
  }

  get #isDeployed(): boolean {
    return isDeployed(this.place.ingredients);
  }

  /** Gives the command; deployed services are started before. */
  #begin(): void {
    if (!this.#isDeployed) {
      this.#beginCommand();
      return;
    }
    this.#isStopping = false;
    this.send(
      (onEnd) => provision(this, onEnd),
      () => {
        for (const name of toServiceNames(this.place.ingredients)) this.#start(name, undefined);
        this.#beginCommand();
      },
    );
  }

  #beginCommand(): void {
    if (this.command !== undefined) throw new Error('the command was given twice');
    this.#isStopping = false;
    this.#isComplete = false;
    this.#isHeld = false;
    this.#heldBack.clear();
    this.command = startCommand(this.place, {
      onOpened: (run) => this.laterUnlessEnded(0, () => this.#opened(run)),
      onLine: (line) => this.say('cli', line),
      onFailed: (error) => {
        this.tell(`the command failed: ${String(error)}`);
        this.laterUnlessEnded(RESTART_MS, () => this.killCommand());
      },
    });
  }

  #giveAgain(): void {
    const isEnding = this.#services.size > 0;
    this.laterUnlessEnded(RESTART_MS, () => (isEnding ? this.#giveAgain() : this.#beginCommand()));
  }

  #opened(run: string): void {
    this.tell(`run ${run} is opened`);
    this.#run = run;
    const { ingredients } = this.place;
    if (!this.#isDeployed) {
      for (const name of toServiceNames(ingredients)) this.#start(name, run);
    }
    if (this.#isDeployed || ingredients.pauses) this.#follow(run);
  }

  /** Looks how the run stands, as the command does. */
  #follow(run: string): void {
    const state = readRunState(this, run);
    if (!this.#isDeployed) this.#hold(state === 'paused', run);
    else if (state === 'completed' || state === 'cancelled') {
      this.#isComplete = true;
      if (state === 'cancelled') this.#finish(run);
      else {
        this.#stopServices('the run is complete');
        if (this.#services.size === 0) this.#finish(run);
      }
      return;
    }
    this.laterUnlessEnded(LOOK_EVERY_MS, () => this.#follow(run));
  }

  /** Stops all services but the reporter while a run is paused, and starts them again afterwards. */
  #hold(isPaused: boolean, run: string): void {
    if (this.#isStopping || this.#isHeld === isPaused) return;
    this.#isHeld = isPaused;
    this.tell(isPaused ? 'the run is paused' : 'the run goes on');
    if (isPaused) {
      for (const [name, service] of this.#services) {
        if (name === 'reporter') continue;
        this.#told.add(name);
        service.stop('the run is paused');
      }
      return;
    }
    for (const name of this.#heldBack) if (!this.#services.has(name)) this.#start(name, run);
    this.#heldBack.clear();
  }

  /** @param run undefined for one that serves every run */
  #start(name: ServiceName, run: string | undefined): void {
    if (this.#services.has(name)) throw new Error(`there are two of ${name}`);
    const service = startService(name, {
      place: this.place,
      run,
      onLine: (from, line) => this.say(from, line),
      onEnd: (exitCode) => this.after(0, () => this.#ended(name, exitCode, run)),
    });
    this.#services.set(name, service);
  }

  #run = '';

  #ended(
    name: ServiceName,
    exitCode: number | undefined,
    run: string | undefined = this.#isDeployed ? undefined : this.#run,
  ): void {
    if (!this.#services.delete(name)) return;
    this.tell(`${name} ended with ${exitCode ?? 'SIGKILL'}`);
    if (this.#isStopping) {
      if (this.#services.size === 0 && this.#isComplete) this.#finish(this.#run);
      return;
    }
    if (exitCode === EXIT_USAGE) throw new StuckError(`the ${name} refuses its settings`);
    const isTold = this.#told.delete(name);
    if (exitCode === 0 && name === 'reporter' && !isTold && run !== undefined) {
      this.#isComplete = true;
      this.#stopServices('the run is complete');
      if (this.#services.size === 0) this.#finish(run);
      return;
    }
    if (exitCode === 0 && name.startsWith('extractor') && !isTold && run !== undefined) return;
    if (this.#isHeld && name !== 'reporter') {
      this.#heldBack.add(name);
      return;
    }
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) throw new StuckError(`the ${name} ends again and again`);
    const outages = this.#outages;
    const ends = this.ends;
    this.after(RESTART_MS, () => {
      // Deployed services outlive commands.
      if (outages !== this.#outages || (!this.#isDeployed && ends !== this.ends)) return;
      if (this.#isHeld && name !== 'reporter') this.#heldBack.add(name);
      else if (!this.#isStopping && !this.#services.has(name)) this.#start(name, run);
    });
  }

  #isComplete = false;

  #stopServices(why: string): void {
    this.#isStopping = true;
    for (const service of this.#services.values()) service.stop(why);
  }

  /** The run is over. After a cancelled one the same command is given again. */
  #finish(run: string): void {
    const isCancelled = this.wasCancelled && readRunState(this, run) === 'cancelled';
    this.endCommand();
    if (!isCancelled) {
      this.isDone = true;
      return;
    }
    this.tell(`run ${run} was cancelled`);
    if (this.#isDeployed) {
      this.laterUnlessEnded(RESTART_MS, () => this.#beginCommand());
      return;
    }
    this.send(
      (onEnd) => forgetCancelled(this, run, onEnd),
      () => this.laterUnlessEnded(RESTART_MS, () => this.#beginCommand()),
    );
  }
}
