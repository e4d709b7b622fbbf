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
import type { Example } from './example.js';
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
/** One more, where two extractors share the projects of a run. */
const SECOND_EXTRACTOR = 'extractor2';
export type ServiceName = (typeof serviceNames)[number] | typeof SECOND_EXTRACTOR;

/** @param extractors 1, as a command has it, or 2, as a deployment may have them */
export function toServiceNames(extractors: number): readonly ServiceName[] {
  return extractors === 1 ? serviceNames : [...serviceNames, SECOND_EXTRACTOR];
}

export interface ServiceSurroundings {
  readonly example: Example;
  readonly settings: Readonly<Record<string, string>>;
  readonly extractors: number;
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

function run(
  name: ServiceName,
  { example, settings, extractors }: ServiceSurroundings,
  logTo: Sink,
) {
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
  switch (name) {
    case 'extractor':
    case SECOND_EXTRACTOR:
      return define(extractorSettings, (given, context) =>
        startExtractor(given, context, extractors > 1),
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
      return define(writerSettings, startWriter);
    case 'reporter':
      return define(reporterSettings, startReporter);
  }
}
