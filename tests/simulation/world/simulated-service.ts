import { runService, toVariableName, type Service, type ServiceContext } from '@cullstream/runtime';
import { startEmbedder } from '@cullstream/embedder/service';
import { embedderSettings } from '@cullstream/embedder/settings';
import { startExtractor } from '@cullstream/extractor/service';
import { extractorSettings } from '@cullstream/extractor/settings';
import { startPredictor } from '@cullstream/predictor/service';
import { predictorSettings } from '@cullstream/predictor/settings';
import { startReporter } from '@cullstream/reporter/service';
import { reporterSettings } from '@cullstream/reporter/settings';
import { startWriter } from '@cullstream/writer/service';
import { writerSettings } from '@cullstream/writer/settings';
import { machine } from '../machine/machine.js';
import type { SimulatedProcess } from '../machine/scheduler.js';
import { isDeployed, type Ingredients } from '../ingredients.js';
import { BROKER_URL, type Place } from './surroundings.js';
import { stubEncoder, stubModels } from './stub-models.js';

/** The processes of a run: two embedders share the images. */
const serviceNames = [
  'reporter',
  'writer',
  'predictor',
  'embedder',
  'embedder2',
  'extractor',
] as const;
/** One more each, where two share the projects. */
const SECOND_EXTRACTOR = 'extractor2';
const SECOND_WRITER = 'writer2';
export type ServiceName =
  | (typeof serviceNames)[number]
  | typeof SECOND_EXTRACTOR
  | typeof SECOND_WRITER;

export function toServiceNames({
  extractors,
  writers,
}: Pick<Ingredients, 'extractors' | 'writers'>) {
  return [
    ...serviceNames,
    ...(extractors > 1 ? [SECOND_EXTRACTOR] : []),
    ...(writers > 1 ? [SECOND_WRITER] : []),
  ] as readonly ServiceName[];
}

export interface ServiceSurroundings {
  readonly place: Place;
  /** Undefined for one that serves every run. */
  readonly run: string | undefined;
  readonly onLine: (name: string, line: string) => void;
  readonly onEnd: (exitCode: number) => void;
}

export interface RunningProcess {
  readonly process: SimulatedProcess;
  readonly stop: (why: string) => void;
}

/** Starts a service as a process of the simulation: its own composition, loops and cores. */
export function startService(name: ServiceName, surroundings: ServiceSurroundings): RunningProcess {
  const { onLine, onEnd } = surroundings;
  let stop: (why: string) => void = () => undefined;
  const process = machine.start(name, () => {
    const service = run(name, surroundings, { write: (line) => onLine(name, line) });
    process.onUncaught = (error) => service.fail(error);
    stop = (why) => service.stop(why);
    void service.ended.then(({ exitCode }) => {
      machine.kill(process);
      onEnd(exitCode);
    });
  });
  return {
    process,
    stop: (why) => void machine.scheduler.post(process, 0, () => stop(why)),
  };
}

type ServiceSettings = Parameters<typeof runService>[0]['settings'];

interface Sink {
  write(line: string): void;
}

function run(name: ServiceName, { place, run: ofRun }: ServiceSurroundings, logTo: Sink) {
  const { example, data, isTold, ingredients } = place;
  const isEmbedder = name.startsWith('embedder');
  const isExtractor = name.startsWith('extractor');
  const settings = {
    logLevel: isTold ? 'info' : 'warn',
    natsUrl: BROKER_URL,
    ...(ofRun !== undefined && { run: ofRun }),
    data,
    cache: example.cache,
    ...(isEmbedder && { vectors: ingredients.vectors }),
    ...((isEmbedder || isExtractor) && { bytes: ingredients.bytes }),
    // The reporter would draw pictures of them for its report, in threads of the real system.
    ...(name === 'reporter' && { embedders: '2' }),
    ...((isExtractor || (isEmbedder && ingredients.bytes === 'originals')) && {
      originals: example.originals,
    }),
  };
  const environment = Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [toVariableName(setting), value]),
  );
  const define = (
    schema: ServiceSettings,
    start: (settings: never, context: ServiceContext) => Promise<Service>,
  ) =>
    runService({
      name: name.replace('2', ''),
      settings: schema,
      environment,
      logTo,
      load: () => Promise.resolve(start as never),
    });
  // Deployed ones share the projects with whoever else is there.
  const isShared = isDeployed(ingredients) || ingredients.extractors > 1;
  switch (name) {
    case 'extractor':
    case SECOND_EXTRACTOR:
      return define(extractorSettings, (given, context) =>
        startExtractor(given, context, isShared),
      );
    case 'embedder':
    case 'embedder2':
      return define(embedderSettings, (given, context) =>
        startEmbedder(given, context, stubEncoder(example.models)),
      );
    case 'predictor':
      return define(predictorSettings, (given, context) =>
        startPredictor(given, context, stubModels(example.models)),
      );
    case 'writer':
    case SECOND_WRITER:
      return define(writerSettings, startWriter);
    case 'reporter':
      return define(reporterSettings, startReporter);
  }
}
