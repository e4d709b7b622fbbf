import type { Ingredients } from '../ingredients.js';
import { machine } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';
import type { Command } from './command.js';
import type { ErrandEnd } from './errands.js';
import type { Example } from './example.js';
import { SimulatedBroker } from './simulated-broker.js';
import type { ServiceName } from './simulated-service.js';

export const BROKER_URL = 'nats://127.0.0.1:4222';

/** Services give up what they cannot read or write after so many input/output errors. */
const LEAST_ERRORS = 5;

export interface Place {
  readonly example: Example;
  readonly data: string;
  /** Whether services log all that they do, or warnings only. */
  readonly isTold: boolean;
  readonly ingredients: Ingredients;
}

/** The broker, the commands that people give, and what is noted of all that happens. */
export abstract class Surroundings {
  readonly broker = new SimulatedBroker();
  readonly place: Place;
  /** What processes said and what happened to them, in order. */
  readonly story: string[] = [];
  hadPowerLoss = false;
  protected command: Command | undefined;
  /** How often a command has ended: what was to follow from an earlier one does not happen. */
  protected ends = 0;
  /** Not a process of the system: it does what the shell and the supervisor of the command do. */
  readonly #outside: SimulatedProcess;
  /** Commands that end by themselves; a power loss ends them, too. */
  readonly #errands = new Set<SimulatedProcess>();
  readonly #ioErrors = new Map<ServiceName, number>();

  constructor(place: Place, begin: () => void) {
    this.place = place;
    this.#outside = machine.start('outside', begin);
  }

  after(ms: number, run: () => void): void {
    machine.scheduler.post(this.#outside, ms, run);
  }

  tell(text: string): void {
    this.story.push(`${(machine.scheduler.nowMs / 1_000).toFixed(3)} ${text}`);
  }

  noteIoError(name: ServiceName): void {
    this.#ioErrors.set(name, (this.#ioErrors.get(name) ?? 0) + 1);
  }

  /** Whether something may be missing at the end, which the same command makes when it is given again. */
  get mayLackSomething(): boolean {
    return this.hadPowerLoss || [...this.#ioErrors.values()].some((each) => each >= LEAST_ERRORS);
  }

  /** @param then what follows, unless a power loss comes before */
  protected send(
    start: (onEnd: (end: ErrandEnd) => void) => SimulatedProcess,
    then: (end: ErrandEnd) => void = () => undefined,
  ): void {
    const process: SimulatedProcess = start((end) => {
      if (this.#errands.delete(process)) then(end);
    });
    this.#errands.add(process);
  }

  protected endErrands(): void {
    for (const process of this.#errands) machine.kill(process);
    this.#errands.clear();
  }

  protected endCommand(): void {
    if (this.command !== undefined) machine.kill(this.command.process);
    this.command = undefined;
    this.ends += 1;
  }

  /** The same command is given again once, however often it is ended before. */
  protected laterUnlessEnded(ms: number, run: () => void): void {
    const { ends } = this;
    this.after(ms, () => {
      if (ends === this.ends) run();
    });
  }

  protected say(name: string, line: string): void {
    this.tell(`${name}: ${line.trim()}`);
  }
}
