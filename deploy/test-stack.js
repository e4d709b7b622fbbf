/**
 * Tries a deployment for real, on a machine with a docker engine and a built checkout:
 *
 *   npm ci && node deploy/test-stack.js [--groups 60] [--keep]
 *
 * Builds the images, brings the stack up from nothing, runs example projects through it with one and
 * with three embedders, kills an embedder and the broker in mid-run, compares the rows with those of
 * a local run, tries what is forbidden, takes everything down, and prints what it checked.
 */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, parseArgs } from 'node:util';
import { connectBus, inboxPrefixOf, readSeedFile } from '@cullstream/bus';
import { writeDemoModels } from '@cullstream/inference';
import { drawPicture, waitFor, writeZip } from '@cullstream/testing';
import Database from 'better-sqlite3';

const { values } = parseArgs({
  options: { groups: { type: 'string', default: '60' }, keep: { type: 'boolean', default: false } },
});
const groups = Number(values.groups);
const exec = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const cullstream = fileURLToPath(new URL('../apps/cli/bin/cullstream.js', import.meta.url));
const services = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'];
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const startedMs = performance.now();
const failures = [];

function say(text) {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(`${String(seconds).padStart(5)}s  ${text}`);
}

function check(what, isSo) {
  say(`${isSo ? 'ok  ' : 'FAIL'} ${what}`);
  if (!isSo) failures.push(what);
}

const folder = await mkdtemp(join(tmpdir(), 'cullstream-stack-'));
const port = await freePort();
const own = process.getuid?.() ?? 1000;
// Root has no need of rights it was not given; everybody else works as themselves.
const uid = own === 0 ? 1000 : own;
const variables = {
  COMPOSE_PROJECT_NAME: `cullstream-test-${process.pid}`,
  CULL_VERSION: 'test',
  CULL_ORIGINALS_DIR: join(folder, 'originals'),
  CULL_CACHE_DIR: join(folder, 'cache'),
  CULL_KEYS_DIR: join(folder, 'keys'),
  CULL_UID: String(uid),
  CULL_GID: String(uid),
  CULL_REPORTER_PORT: String(port),
};
let dataDir = join(folder, 'data-1');
const compose = await findCompose();

async function findCompose() {
  try {
    await exec('docker', ['compose', 'version']);
    return ['docker', 'compose'];
  } catch {
    return ['docker-compose'];
  }
}

function environment() {
  return { ...process.env, ...variables, CULL_DATA_DIR: dataDir };
}

/** Output of a compose command; it is shown when the command fails. */
async function dc(...args) {
  const [program, ...first] = compose;
  const options = { cwd: here, env: environment(), maxBuffer: 2 ** 28 };
  return (await exec(program, [...first, '-f', 'compose.yaml', ...args], options)).stdout;
}

/** A command of the CLI in the deployment; `ended` has its exit code. */
function cli(...args) {
  const [program, ...first] = compose;
  const all = [...first, '-f', 'compose.yaml', 'run', '--rm', '-T', 'cli', ...args];
  const child = spawn(program, all, { cwd: here, env: environment() });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const found = server.address().port;
  await new Promise((resolve) => server.close(resolve));
  return found;
}

/** Three projects of groups of three, every picture with bytes of its own; a few are damaged. */
async function makeOriginals(dir) {
  await mkdir(dir, { recursive: true });
  const stages = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'];
  const pictures = await Promise.all(
    stages.map((_stage, variant) =>
      drawPicture({ scene: 7, variant, widthPx: 960, heightPx: 1200, format: 'png' }),
    ),
  );
  for (const [day, name] of [
    [1, 'alder'],
    [2, 'birch'],
    [3, 'Big Cedar'],
  ]) {
    const entries = [];
    for (let group = 0; group < groups; group++) {
      for (const [variant, stage] of stages.entries()) {
        const clock = new Date(Date.UTC(2025, 6, day) + (group * 3 + variant) * 1_000)
          .toISOString()
          .slice(0, 19)
          .replaceAll(/[-:]/g, '')
          .replace('T', '_');
        const bytes = Buffer.concat([pictures[variant], Buffer.from(`${name} ${group}`)]);
        const isDamaged = group % 25 === 3 && variant === 1;
        entries.push({
          name: `${clock}_${stage}.png`,
          bytes: isDamaged ? bytes.subarray(0, 60) : bytes,
        });
      }
    }
    await writeZip(join(dir, `${name}.zip`), entries);
  }
}

const OF_THE_MOMENT = new Set([
  ...['run', 'timestamp', 'started_at', 'completed_at', 'first_used_at', 'decided_at'],
]);

/** Every row of every table of every project database, without what differs between any two runs. */
async function dump(dir) {
  const at = join(dir, 'training/ai_training_decisions');
  const rows = {};
  for (const file of (await readdir(at)).filter((name) => name.endsWith('.db')).sort()) {
    const database = new Database(join(at, file), { readonly: true });
    const tables = database
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%' ORDER BY name",
      )
      .all();
    for (const { name } of tables) {
      rows[`${file}/${name}`] = database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) =>
          JSON.stringify(
            Object.fromEntries(Object.entries(row).filter(([key]) => !OF_THE_MOMENT.has(key))),
          ),
        )
        .sort();
    }
    database.close();
  }
  return JSON.stringify(rows);
}

/** A data folder with the weights in it, for the user of the deployment. */
async function newData(name) {
  dataDir = join(folder, name);
  await mkdir(join(dataDir, 'ai_data/models'), { recursive: true });
  await cp(join(folder, 'models'), join(dataDir, 'ai_data/models'), { recursive: true });
  await ownAll(dataDir);
}

async function ownAll(path) {
  if (own === 0) await exec('chown', ['-R', `${uid}:${uid}`, path]);
}

async function containers(service) {
  return (await dc('ps', '-q', service)).trim().split('\n').filter(Boolean);
}

async function inspect(id, template) {
  return (await exec('docker', ['inspect', '-f', template, id])).stdout.trim();
}

/** By its pid on this host, as the kernel's memory killer does it. */
async function kill(service) {
  const [id] = await containers(service);
  const pid = Number(await inspect(id, '{{.State.Pid}}'));
  process.kill(pid, 'SIGKILL');
  say(`     killed ${service} (pid ${pid})`);
}

async function up(embedders) {
  await dc('up', '-d', '--scale', `embedder=${embedders}`);
  await healthy(embedders);
}

async function healthy(embedders) {
  await waitFor(
    async () => {
      for (const service of services) {
        const ids = await containers(service);
        if (ids.length !== (service === 'embedder' ? embedders : 1)) return false;
        for (const id of ids) {
          if ((await inspect(id, '{{.State.Health.Status}}')) !== 'healthy') return false;
        }
      }
      return true;
    },
    { what: 'healthy services', timeoutMs: 240_000, intervalMs: 1_000 },
  );
}

async function vectorsStored() {
  const names = await readdir(join(dataDir, 'ai_data/embeddings'), { recursive: true }).catch(
    () => [],
  );
  return names.filter((name) => name.endsWith('.npy')).length;
}

async function untilStored(count) {
  await waitFor(async () => (await vectorsStored()) >= count, {
    what: `${count} vectors`,
    timeoutMs: 240_000,
    intervalMs: 100,
  });
}

async function readyz() {
  const response = await globalThis.fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  return response?.status;
}

async function refused(name, url, attempt) {
  const bus = await connectBus({
    url,
    seed: await readSeedFile(join(variables.CULL_KEYS_DIR, `${name}.seed`)),
    inboxPrefix: inboxPrefixOf(name),
    name,
    log: silent,
    firstConnectTimeoutMs: 5_000,
  });
  try {
    await attempt(bus.connection);
    return false;
  } catch (error) {
    return /permissions? violation/i.test(String(error?.message));
  } finally {
    await bus.close();
  }
}

const ask = (subject) => (connection) => connection.request(subject, '{}', { timeout: 5_000 });
const hearAll = async (connection) => {
  for await (const message of connection.subscribe('>', { timeout: 5_000 })) return message;
};

async function tryForbidden() {
  const [id] = await containers('nats');
  const address = await inspect(id, '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
  const url = `nats://${address}:4222`;
  const anonymous = connectBus({ url, name: 'x', log: silent, firstConnectTimeoutMs: 5_000 });
  check(
    'a stranger does not get in at the broker',
    await anonymous.then(
      () => false,
      () => true,
    ),
  );
  for (const name of services) {
    const other = name === 'extractor' ? 'embeddings' : 'images';
    const results = [
      await refused(name, url, ask(`cull.${other}.run.project`)),
      await refused(name, url, ask('$JS.API.STREAM.MSG.GET.PREDICTIONS')),
      await refused(name, url, ask('$JS.API.STREAM.DELETE.IMAGES')),
      await refused(name, url, hearAll),
    ];
    check(
      `${name}: forging, reading another's stream, deleting, listening to all: refused`,
      results.every(Boolean),
    );
  }
  const published = (await exec('docker', ['port', id])).stdout.trim();
  check('the broker publishes no port', published === '');
}

async function checkImages() {
  for (const name of [...services, 'cli', 'broker']) {
    const image = `cullstream-${name}:test`;
    const size = Number(
      (await exec('docker', ['image', 'inspect', '-f', '{{.Size}}', image])).stdout,
    );
    const user = (await exec('docker', ['image', 'inspect', '-f', '{{.Config.User}}', image]))
      .stdout;
    say(`     ${image}: ${(size / 1e6).toFixed(0)} MB`);
    check(`${image} does not run as root`, user.trim() === '1000:1000');
  }
}

async function runLocally() {
  const data = join(folder, 'data-local');
  const { embedder, ranker, crop } = await writeDemoModels(join(folder, 'models'));
  const args = ['run', '--originals', variables.CULL_ORIGINALS_DIR, '--data', data];
  args.push('--embedder', embedder, '--ranker', ranker, '--crop', crop);
  args.push('--cache', join(folder, 'cache-local'), '--json');
  // Damaged images are told by the exit code.
  await exec(process.execPath, [cullstream, ...args], { maxBuffer: 2 ** 28 }).catch((error) => {
    if (error.code !== 1) throw error;
  });
  return dump(data);
}

async function prepare() {
  await makeOriginals(variables.CULL_ORIGINALS_DIR);
  await mkdir(variables.CULL_CACHE_DIR, { recursive: true });
  await exec(process.execPath, [cullstream, 'keys', '--out', variables.CULL_KEYS_DIR]);
  await writeFile(join(folder, '.keep'), '');
  const expected = await runLocally();
  await ownAll(folder);
  await exec('chmod', ['755', folder]);
  return expected;
}

async function isLike(expected) {
  const cli = await dump(dataDir);
  return cli === expected;
}

async function testOneEmbedder(expected) {
  await newData('data-1');
  await up(1);
  check('every service is healthy, with one embedder', true);
  check('the reporter answers on the loopback port', (await readyz()) === 200);
  const following = cli('run', '--json');
  await untilStored(groups);
  const status = await cli('status');
  check('`cullstream status` tells of the batch from outside', /, running, /.test(status.output));
  await kill('embedder');
  await untilStored(groups * 3);
  await kill('nats');
  const { code, output } = await following;
  // Some images are damaged on purpose.
  check('the batch ends by itself, an embedder and the broker killed in mid-run', code === 1);
  if (code !== 1) console.log(output);
  check('its rows are those of a local run', await isLike(expected));
  const metrics = await (await globalThis.fetch(`http://127.0.0.1:${port}/metrics`)).text();
  check('the reporter counts the run', /cullstream_runs_completed_total\S* 1/.test(metrics));
  await dc('stop', 'nats');
  await waitFor(async () => (await readyz()) === 503, {
    what: 'a reporter that is not ready',
    timeoutMs: 60_000,
  });
  check('without its broker the reporter says that it is not ready', true);
  await dc('start', 'nats');
  await waitFor(async () => (await readyz()) === 200, {
    what: 'a reporter that is ready',
    timeoutMs: 60_000,
  });
  check('and is ready again when it is back', true);
}

async function testThreeEmbedders(expected) {
  await newData('data-3');
  await up(3);
  check('every service is healthy, with three embedders', true);
  const begun = await cli('run', '--detach', '--only', 'alder');
  check('a batch begins and goes on by itself', begun.code === 0);
  const second = cli('run', '--json', '--skip', 'alder');
  const first = cli('run', '--json', '--only', 'alder');
  await untilStored(groups);
  await dc('stop', ...services);
  check('everything stops in mid-run', true);
  await dc('start', ...services);
  await Promise.all([first, second]);
  check(
    'two batches at once, stopped and resumed: their rows are those of a local run',
    await isLike(expected),
  );
  const verified = await cli('verify', '--originals', '/originals');
  check('`cullstream verify` finds nothing missing', verified.code === 0);
  if (verified.code !== 0) console.log(verified.output);
}

try {
  const expected = await prepare();
  say(`     the local run is done: ${groups * 9} images`);
  await newData('data-1');
  await dc('--profile', 'tools', 'build');
  say('     images are built');
  await checkImages();
  await testOneEmbedder(expected);
  await tryForbidden();
  await testThreeEmbedders(expected);
} catch (error) {
  check(`no surprise: ${error?.stack ?? error} ${error?.stderr ?? ''}`, false);
  console.log(await dc('logs', '--tail', '30').catch(String));
} finally {
  if (values.keep) say(`     left up: ${variables.COMPOSE_PROJECT_NAME}, ${folder}`);
  else {
    await dc('--profile', 'tools', 'down', '-v', '--remove-orphans').catch(console.error);
    const left = (
      await exec('docker', ['ps', '-aq', '--filter', `name=${variables.COMPOSE_PROJECT_NAME}`])
    ).stdout;
    check('nothing is left', left.trim() === '');
    await rm(folder, { recursive: true, force: true });
  }
}
say(failures.length === 0 ? 'all is well' : `${failures.length} failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
