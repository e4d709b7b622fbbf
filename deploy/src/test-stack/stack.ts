import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@cullstream/broker';
import { waitFor } from '@cullstream/testing';
import { readAddress, docker, exec, findCompose, inspect, MUCH, signal } from './engine.js';
import type { Report } from './report.js';
import type { Rows } from './rows.js';

const deployFolder = fileURLToPath(new URL('../..', import.meta.url));
export const services = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
export type Service = (typeof services)[number];
/** How many containers of a service there are. */
export type Scale = Partial<Readonly<Record<Service, number>>>;
const PATIENCE_MS = 300_000;

/** The result of a command of the deployment. */
export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface Stack {
  /** The compose program. */
  readonly compose: string;
  readonly project: string;
  readonly version: string;
  readonly keysDir: string;
  readonly cacheDir: string;
  /** Output of a compose command. On failure, throws an error with its output. */
  dc(...args: readonly string[]): Promise<string>;
  /** Ids of the containers of a service. */
  containers(service: string): Promise<string[]>;
  /** The id of the first container of a service. */
  findContainer(service: string): Promise<string>;
  /** Sets variables of compose.yaml for the following commands. */
  set(more: Readonly<Record<string, string>>): void;
  withFiles(...names: readonly string[]): void;
  dataDir(): string;
  /** Makes the user of the deployment the owner of a folder. */
  own(path: string): Promise<void>;
  /** Runs a command of the deployment's command line to its end. */
  cli(...args: readonly string[]): Promise<CommandEnd>;
  /** Starts the missing containers, one of each service where nothing else is said, and waits until all are healthy. */
  up(scale?: Scale): Promise<void>;
  /** Kills it by its pid on this host, as the kernel does when memory runs out. */
  kill(service: string): Promise<void>;
  /** Stops all processes of a service for so long, as a machine does that is suspended. */
  suspend(service: string, ms: number): Promise<void>;
  brokerUrl(): Promise<string>;
  /** Address of the page at its published port. */
  readonly pageUrl: string;
  /** The answer of the reporter's published port. */
  ask(path: string): Promise<{ status: number | undefined; text: string }>;
  /** How many embeddings the data folder contains: the progress of a run. */
  countStored(): Promise<number>;
  untilStored(count: number): Promise<void>;
  /** Takes everything down. @returns what was not removed */
  down(): Promise<string>;
}

/** The projects that the tests use. */
export interface TestSet {
  readonly report: Report;
  readonly folder: string;
  readonly originals: string;
  /** Their number of images. */
  readonly images: number;
  readonly weights: Readonly<Record<string, string>>;
  /** The rows that a run on this machine writes for them. */
  readonly expected: Rows;
}

export interface StackOptions {
  readonly folder: string;
  readonly report: Report;
  /** The compose program, where it is not found automatically. */
  readonly compose?: string | undefined;
  /** Platform of the images, where it is not the machine's own. */
  readonly platform?: string | undefined;
}

/**
 * A separate deployment in `folder`, with keys, a cache and one data folder after another. Its
 * containers are identified by the name of its compose project.
 */
export async function createStack({
  folder,
  compose: wanted,
  report,
  platform,
}: StackOptions): Promise<Stack> {
  const compose = await findCompose(wanted);
  const [port, pagePort] = [await freePort(), await freePort()];
  const own = process.getuid?.() ?? 1000;
  // Not root, which is not bound by file permissions; other users run as themselves.
  const uid = String(own === 0 ? 1000 : own);
  const project = `cullstream-test-${process.pid}`;
  const keysDir = join(folder, 'keys');
  const cacheDir = join(folder, 'cache');
  const version = platform === undefined ? 'test' : `test-${platform.split('/')[1] ?? platform}`;
  const variables: Record<string, string> = {
    COMPOSE_PROJECT_NAME: project,
    CULL_VERSION: version,
    ...(platform !== undefined && { DOCKER_DEFAULT_PLATFORM: platform }),
    CULL_CACHE_DIR: cacheDir,
    CULL_KEYS_DIR: keysDir,
    CULL_UID: uid,
    CULL_GID: uid,
    CULL_REPORTER_PORT: String(port),
    CULL_PAGE_PORT: String(pagePort),
    // Makes the run slow enough to be interrupted.
    CULL_EMBEDDER_CPUS: '0.4',
  };
  const files = ['compose.yaml'];
  const options = () => ({
    cwd: deployFolder,
    env: { ...process.env, ...variables },
    maxBuffer: MUCH,
  });
  const [program = '', ...first] = compose;
  const toArgs = (args: readonly string[]) => [
    ...first,
    ...files.flatMap((file) => ['-f', file]),
    ...args,
  ];
  const dc = async (...args: readonly string[]) =>
    (await exec(program, toArgs(args), options())).stdout;
  const containers = async (service: string) =>
    (await dc('ps', '-q', service)).trim().split('\n').filter(Boolean);
  const findContainer = async (service: string) => {
    const [id] = await containers(service);
    if (id === undefined) throw new Error(`there is no container of ${service}`);
    return id;
  };
  /** Pids on this host. A container that is just being started again has none. */
  const readPids = async (service: string) => {
    const ids = await containers(service);
    const pids = await Promise.all(ids.map((id) => inspect(id, '{{.State.Pid}}')));
    return pids.map(Number).filter((pid) => pid > 0);
  };
  const dataDir = () => variables['CULL_DATA_DIR'] ?? folder;
  const isHealthy = async (service: Service, count = 1) => {
    const ids = await containers(service);
    if (ids.length !== count) return false;
    const states = ids.map((id) => inspect(id, '{{.State.Health.Status}}'));
    return (await Promise.all(states)).every((state) => state === 'healthy');
  };
  const areHealthy = async (scale: Scale) =>
    (await Promise.all(services.map((name) => isHealthy(name, scale[name])))).every(Boolean);
  const countStored = () => vectorsIn(dataDir());

  return {
    compose: compose.join(' '),
    project,
    version,
    keysDir,
    cacheDir,
    pageUrl: `http://127.0.0.1:${pagePort}`,
    dc,
    containers,
    findContainer,
    set: (more) => void Object.assign(variables, more),
    withFiles: (...names) => void files.push(...names),
    dataDir,
    async own(path) {
      if (own === 0) await exec('chown', ['-R', `${uid}:${uid}`, path]);
    },
    cli(...args) {
      const child = spawn(program, toArgs(['run', '--rm', '-T', 'cli', ...args]), options());
      let stdout = '';
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += String(chunk);
        output += String(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)));
      return new Promise((resolve) => {
        child.on('close', (code) => resolve({ code, stdout, output }));
      });
    },
    async up(scale = {}) {
      const counts = services.flatMap((name) => ['--scale', `${name}=${scale[name] ?? 1}`]);
      await dc('up', '-d', ...counts);
      await waitFor(() => areHealthy(scale), {
        what: 'healthy services',
        timeoutMs: PATIENCE_MS,
        intervalMs: 1_000,
      });
    },
    async kill(service) {
      let pids: number[] = [];
      await waitFor(async () => (pids = await readPids(service)).length > 0, {
        what: `a running ${service}`,
        timeoutMs: PATIENCE_MS,
      });
      const [pid] = pids;
      if (pid !== undefined) signal(pid, 'SIGKILL');
      report.say(`killed ${service} (pid ${pid})`);
    },
    async suspend(service, ms) {
      const pids = await readPids(service);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await delay(ms);
      for (const pid of pids) signal(pid, 'SIGCONT');
    },
    async brokerUrl() {
      const id = await findContainer('nats');
      return `nats://${await readAddress(id, `${project}_inside`)}:4222`;
    },
    async ask(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
      return { status: response?.status, text: (await response?.text()) ?? '' };
    },
    countStored,
    async untilStored(count) {
      await waitFor(async () => (await countStored()) >= count, {
        what: `${count} vectors`,
        timeoutMs: PATIENCE_MS,
        intervalMs: 50,
      });
    },
    async down() {
      await dc('--profile', 'tools', '--profile', 'metrics', 'down', '-v', '--remove-orphans');
      const ofProject = ['--filter', `label=com.docker.compose.project=${project}`];
      const left = await Promise.all([
        docker('ps', '-aq', ...ofProject),
        docker('volume', 'ls', '-q', ...ofProject),
        docker('network', 'ls', '-q', ...ofProject),
      ]);
      return left.filter(Boolean).join('\n');
    },
  };
}

async function vectorsIn(dataDir: string): Promise<number> {
  const names = await readdir(join(dataDir, 'ai_data/embeddings')).catch(() => []);
  return names.filter((name) => name.endsWith('.npy')).length;
}
