import { ModelBroker } from '../broker/model-broker.js';
import { machine } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';
import { network } from '../machine/virtual-net.js';

export const BROKER = 'nats-server';
const VERSION = '2.9.10';

/** The model of nats-server as a process of the simulation, which can be killed and started again. */
export class SimulatedBroker {
  readonly model: ModelBroker;
  process: SimulatedProcess;

  constructor() {
    this.model = new ModelBroker(
      {
        now: () => machine.wallClockMs,
        after: (ms, run) => {
          const task = machine.scheduler.post(this.process, ms, run);
          return () => (task.isCancelled = true);
        },
      },
      VERSION,
    );
    this.process = this.#start();
  }

  kill(): void {
    machine.kill(this.process);
    network.server = undefined;
    network.cut();
  }

  /** @param settlementsLost how many of the newest settlements a consumer had not stored */
  startAgain(settlementsLost: number, areCountsLost: boolean): void {
    if (this.process.isAlive) return;
    this.process = this.#start();
    this.model.restart(settlementsLost, areCountsLost);
  }

  /** Makes sure that it answers. */
  heal(): void {
    this.startAgain(0, false);
    this.process.stoppedUntilMs = 0;
  }

  /** As after a power loss: each stream lacks some of its newest messages, and consumers are ahead. */
  loseNewest(most: number): void {
    for (const stream of this.model.api.streams.values()) {
      stream.loseNewest(machine.random.integer(0, most));
    }
  }

  #start(): SimulatedProcess {
    const process = machine.start(BROKER, () => {
      network.server = { process, accept: (end) => this.model.accept(end) };
    });
    return process;
  }
}
