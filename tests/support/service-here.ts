import type { ServiceProcess, ServiceProcessOptions, StartService } from '@cullstream/runs';
import { runService, type Service, type ServiceContext } from '@cullstream/runtime';
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
import { fatalMessageIn } from '../../libs/runs/src/supervise/service-log.js';

type Schema = Parameters<typeof runService>[0]['settings'];
type Start = (settings: never, context: ServiceContext) => Promise<Service>;

const services: Record<Parameters<StartService>[0], readonly [Schema, Start]> = {
  extractor: [extractorSettings, startExtractor],
  embedder: [embedderSettings, startEmbedder],
  predictor: [predictorSettings, startPredictor],
  writer: [writerSettings, startWriter],
  reporter: [reporterSettings, startReporter],
};

/** Lets a service of a run work in this process, as it is but for its process. */
export const startServiceHere: StartService = (name, options) => {
  const [settings, start] = services[name];
  const reasons: string[] = [];
  const service = runService({
    name,
    settings,
    environment: options.environment,
    load: () => Promise.resolve(start as never),
    logTo: {
      write(line) {
        reasons.push(...(fatalMessageIn(line) ?? []));
        options.onLogLine(line);
      },
    },
  });
  return toProcess(service, reasons, options);
};

function toProcess(
  { ended, stop }: ReturnType<typeof runService>,
  reasons: readonly string[],
  { onExited, onClosed }: ServiceProcessOptions,
): ServiceProcess {
  const closed = ended.then(({ exitCode }) => {
    onExited();
    onClosed({ code: exitCode, signal: null, reasons, rawLines: [] });
  });
  return {
    end: () => {
      stop('SIGTERM');
      return closed;
    },
    // Twice: at once.
    kill() {
      stop('SIGKILL');
      stop('SIGKILL');
    },
  };
}
