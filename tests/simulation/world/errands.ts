import { setTimeout as delay } from 'node:timers/promises';
import { connectBus, deleteRun, type Bus } from '@cullstream/bus';
import { ConfigurationError } from '@cullstream/contracts';
import { provisionBroker } from '@cullstream/runs';
import { controlRunAtWork } from '@cullstream/runs/control';
import { createLogger } from '@cullstream/runtime';
import { machine } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';

import { BROKER_URL } from './surroundings.js';
import type { World } from './world.js';

type Log = ReturnType<typeof createLogger>;

const AGAIN_MS = 1_000;

/** How an errand ended: `refused` if it makes no sense. */
export type ErrandEnd = 'done' | 'refused';

/**
 * A command that does one thing and ends, as a process of the simulation. What fails is tried again, as by a person,
 * until it makes no sense any more.
 */
function runErrand(
  world: World,
  name: string,
  errand: (log: Log) => Promise<unknown>,
  onEnd: (end: ErrandEnd) => void,
): SimulatedProcess {
  const tryIt = async (log: Log): Promise<ErrandEnd> => {
    for (;;) {
      try {
        await errand(log);
        return 'done';
      } catch (error) {
        world.tell(`${name}: ${String(error)}`);
        if (error instanceof ConfigurationError) return 'refused';
        await delay(AGAIN_MS);
      }
    }
  };
  const process = machine.start(name, () => {
    const log = createLogger('cli', 'warn', undefined, { write: (line) => world.tell(line) });
    void tryIt(log).then((end) => {
      machine.kill(process);
      world.after(0, () => onEnd(end));
    });
  });
  return process;
}

async function withBus<T>(log: Log, work: (bus: Bus) => Promise<T>): Promise<T> {
  const bus = await connectBus({ url: BROKER_URL, name: 'cli', log });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}

/** What `cullstream provision` does before deployed services start. */
export function provision(world: World, onEnd: (end: ErrandEnd) => void): SimulatedProcess {
  const { writers, bytes } = world.place.ingredients;
  const settings = { embedders: 2, writers, bytes, replicas: undefined } as const;
  const target = { kind: 'external', url: BROKER_URL } as const;
  const note = () => undefined;
  return runErrand(
    world,
    'provision',
    (log) => provisionBroker(target, settings, { log, note }),
    onEnd,
  );
}

/** What `cullstream pause`, `resume` and `cancel` do. */
export function control(
  world: World,
  run: string,
  action: 'pause' | 'resume' | 'cancel',
  onEnd: (end: ErrandEnd) => void,
): SimulatedProcess {
  const { data } = world.place;
  const errand = (log: Log) =>
    withBus(log, (bus) => controlRunAtWork(bus, { data, run, mayPurge: true }, { action }));
  return runErrand(world, action, errand, onEnd);
}

/** What the command does last once its run was cancelled. */
export function forgetCancelled(
  world: World,
  run: string,
  onEnd: (end: ErrandEnd) => void,
): SimulatedProcess {
  return runErrand(world, 'forget', (log) => withBus(log, (bus) => deleteRun(bus, run)), onEnd);
}

const RECORDS = 'KV_cull_runs';

/** How a run stands by its record, as the broker has it; undefined without one. */
export function readRunState({ broker }: World, run: string): string | undefined {
  const subject = `$KV.cull_runs.${run}`;
  const stored = [...(broker.model.api.streams.get(RECORDS)?.messages.values() ?? [])];
  const text = stored.findLast((message) => message.subject === subject)?.data.toString('utf8');
  if (text === undefined || text === '') return undefined;
  return (JSON.parse(text) as { state?: string }).state;
}
