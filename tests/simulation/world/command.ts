import { connectBus, type BusLog } from '@cullstream/bus';
import { retryTransient } from '@cullstream/broker';
import { openRun, prepareWith } from '@cullstream/runs';
import { createLogger } from '@cullstream/runtime';
import { isDeployed } from '../ingredients.js';
import { machine } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';
import { BROKER_URL, type Place } from './surroundings.js';

export interface Command {
  readonly process: SimulatedProcess;
}

interface CommandEvents {
  readonly onOpened: (run: string) => void;
  readonly onLine: (line: string) => void;
  readonly onFailed: (error: unknown) => void;
}

/** The settings of `cullstream run` that matter here. */
export function toRunSettings({ example, data, ingredients }: Place) {
  return {
    originals: example.originals,
    data,
    cache: example.cache,
    features: 'as-trained',
    preprocess: 'exact',
    precision: 'fp32',
    device: 'cpu',
    minGroupSize: 2,
    legacyCache: 'ignore',
    readTimeout: 60,
    embedders: 2,
    keepRuns: 2,
    services: isDeployed(ingredients) ? 'deployed' : 'own',
    vectors: ingredients.vectors,
    restart: false,
    bytes: ingredients.bytes,
  } as const;
}

/** What `cullstream run` does before it starts services: plans, and opens the run at the broker. */
export function startCommand(place: Place, { onOpened, onLine, onFailed }: CommandEvents): Command {
  const process = machine.start('cli', () => {
    const log = createLogger('cli', place.isTold ? 'info' : 'warn', undefined, { write: onLine });
    open(place, log).then(onOpened, onFailed);
  });
  process.onUncaught = onFailed;
  return { process };
}

async function open(place: Place, log: ReturnType<typeof createLogger>): Promise<string> {
  const settings = toRunSettings(place);
  const note = (line: string) => log.info(line);
  const prepared = await prepareWith(place.example.models, settings, log, { note });
  const busLog: BusLog = log;
  const bus = await connectBus({ url: BROKER_URL, name: 'cli', log: busLog });
  const { record } = await retryTransient(() => openRun(bus, prepared, settings));
  return record.run;
}
