import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@cullstream/testing';
import { addressOf, docker, exec, findCompose, inspect, MUCH } from './engine.js';

const deployFolder = fileURLToPath(new URL('..', import.meta.url));
export const services = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'];
const PATIENCE_MS = 300_000;

/**
 * A deployment of its own in `folder`: keys, cache and one data folder after another. What `docker`
 * started is known by the name of its project.
 * @param platform of the images, where it is not the machine's own
 */
export async function createStack({ folder, compose: wanted, report, platform }) {
  const compose = await findCompose(wanted);
  const port = await freePort();
  const own = process.getuid?.() ?? 1000;
  // Root has no need of rights it was not given; everybody else works as themselves.
  const uid = String(own === 0 ? 1000 : own);
  const project = `cullstream-test-${process.pid}`;
  const keysDir = join(folder, 'keys');
  const variables = {
    COMPOSE_PROJECT_NAME: project,
    ...(platform === undefined
      ? { CULL_VERSION: 'test' }
      : { CULL_VERSION: `test-${platform.split('/')[1]}`, DOCKER_DEFAULT_PLATFORM: platform }),
    CULL_CACHE_DIR: join(folder, 'cache'),
    CULL_KEYS_DIR: keysDir,
    CULL_UID: uid,
    CULL_GID: uid,
    CULL_REPORTER_PORT: String(port),
    // So that there is time to interrupt what is under way.
    CULL_EMBEDDER_CPUS: '0.4',
  };
  const files = ['compose.yaml'];
  const options = () => ({
    cwd: deployFolder,
    env: { ...process.env, ...variables },
    maxBuffer: MUCH,
  });
  const [program, ...first] = compose;
  const toArgs = (args) => [...first, ...files.flatMap((file) => ['-f', file]), ...args];
  const dc = async (...args) => (await exec(program, toArgs(args), options())).stdout;
  const containers = async (service) =>
    (await dc('ps', '-q', service)).trim().split('\n').filter(Boolean);

  const stack = {
    compose: compose.join(' '),
    project,
    keysDir,
    /** Output of a compose command. Fails with what the command said. */
    dc,
    containers,
    /** Variables of compose.yaml from the next command on. */
    set: (more) => Object.assign(variables, more),
    get: (name) => variables[name],
    withFiles: (...names) => files.push(...names),
    dataDir: () => variables.CULL_DATA_DIR,
    /** Gives a folder to the user of the deployment. */
    async own(path) {
      if (own === 0) await exec('chown', ['-R', `${uid}:${uid}`, path]);
    },
    /** A command of the deployment's command line, to its end. */
    cli(...args) {
      const child = spawn(program, toArgs(['run', '--rm', '-T', 'cli', ...args]), options());
      let stdout = '';
      let output = '';
      child.stdout.on('data', (chunk) => ((stdout += chunk), (output += chunk)));
      child.stderr.on('data', (chunk) => (output += chunk));
      return new Promise((resolve) => {
        child.on('close', (code) => resolve({ code, stdout, output }));
      });
    },
    /** Starts what is not there, and waits until every service says that it is well. */
    async up(embedders) {
      await dc('up', '-d', '--scale', `embedder=${embedders}`);
      await stack.healthy(embedders);
    },
    async healthy(embedders) {
      const isHealthy = async (service) => {
        const ids = await containers(service);
        if (ids.length !== (service === 'embedder' ? embedders : 1)) return false;
        const states = ids.map((id) => inspect(id, '{{.State.Health.Status}}'));
        return (await Promise.all(states)).every((state) => state === 'healthy');
      };
      await waitFor(async () => (await Promise.all(services.map(isHealthy))).every(Boolean), {
        what: 'healthy services',
        timeoutMs: PATIENCE_MS,
        intervalMs: 1_000,
      });
    },
    /** By its pid on this host, as the kernel's memory killer does it. */
    async kill(service) {
      const [id] = await containers(service);
      const pid = Number(await inspect(id, '{{.State.Pid}}'));
      process.kill(pid, 'SIGKILL');
      report.say(`killed ${service} (pid ${pid})`);
    },
    async brokerUrl() {
      const [id] = await containers('nats');
      return `nats://${await addressOf(id, `${project}_inside`)}:4222`;
    },
    /** Answer of the reporter's published port. */
    async ask(path) {
      const response = await globalThis.fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
      return { status: response?.status, text: (await response?.text()) ?? '' };
    },
    /** How many embeddings the data folder holds: how far a batch has come. */
    countStored: () => vectorsIn(variables.CULL_DATA_DIR),
    async untilStored(count) {
      await waitFor(async () => (await stack.countStored()) >= count, {
        what: `${count} vectors`,
        timeoutMs: PATIENCE_MS,
        intervalMs: 50,
      });
    },
    /** Takes everything down. @returns what is left of it */
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
  return stack;
}

async function vectorsIn(dataDir) {
  const names = await readdir(join(dataDir, 'ai_data/embeddings')).catch(() => []);
  return names.filter((name) => name.endsWith('.npy')).length;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
