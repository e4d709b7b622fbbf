import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Example } from './example.js';

export const serviceNames = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
type ServiceName = (typeof serviceNames)[number];

export interface ServiceProcess {
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
  /** Exit code, and its whole log. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly log: string }>;
  stop(): Promise<void>;
}

/** A service as a deployment starts it: configured by variables only, for every run of a broker. */
export function startService(
  name: ServiceName,
  variables: Readonly<Record<string, string>>,
): ServiceProcess {
  const main = fileURLToPath(new URL(`../../apps/${name}/build/main.js`, import.meta.url));
  const child = fork(main, {
    execArgv: [],
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    log,
  }));
  return {
    pid: child.pid ?? 0,
    log: () => log,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The variables for the services of a deployment. */
export function toVariables(
  { originals, models }: Example,
  data: string,
  natsUrl: string,
): Record<string, string> {
  return {
    CULL_NATS_URL: natsUrl,
    CULL_ORIGINALS: originals,
    CULL_DATA: data,
    CULL_EMBEDDER: models.embedder,
    CULL_RANKER: models.ranker,
    CULL_CROP: models.crop,
    CULL_WORKERS: '1',
  };
}

export interface KeptService extends Pick<ServiceProcess, 'stop'> {
  /** How often it has ended without being stopped. */
  readonly deaths: number;
}

/** A deployed service that is started again whenever it ends, as a container is. */
export function keepService(...given: Parameters<typeof startService>): KeptService {
  let isStopped = false;
  let deaths = 0;
  let service = startService(...given);
  const keep = async (): Promise<void> => {
    await service.ended;
    if (isStopped) return;
    deaths += 1;
    service = startService(...given);
    await keep();
  };
  const kept = keep();
  return {
    get deaths() {
      return deaths;
    },
    async stop() {
      isStopped = true;
      await service.stop();
      await kept;
    },
  };
}
