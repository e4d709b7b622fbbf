import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@cullstream/broker';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { findTestServer } from './support/nats-server.js';
import { findBroker, findService } from './support/processes.js';
import { runCli, startCli, waitForText, type CliResult } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;
const INTERRUPTED = 3;

let folder: string;
let example: Example;
const servers: ChildProcess[] = [];
/** Takes connections and never says a word, as a firewall may. */
let silence: Server;
let away: string;

/** A nats-server that is set up otherwise than the embedded one. */
async function startServer(config: string): Promise<string> {
  const port = await freePort();
  const file = join(folder, `${port}.conf`);
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${config.replace('STORE', `${file}.store`)}`);
  const { path } = await findTestServer();
  const server = spawn(path, ['--config', file], { stdio: 'ignore' });
  servers.push(server);
  return `nats://127.0.0.1:${port}`;
}

async function untilListening(nats: string): Promise<void> {
  const { hostname: host, port } = new URL(nats);
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), host, () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  await waitFor(listens, { what: 'a server that listens', timeoutMs: 20_000 });
}

/** Passes on to a server until a client says a word; then it is gone, and nothing listens there. */
async function startBreaking(nats: string, word: string): Promise<string> {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(new URL(nats).port), '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    server.pipe(client);
    client.on('data', (chunk: Buffer) => {
      if (!chunk.includes(word)) return void server.write(chunk);
      proxy.close();
      for (const socket of sockets) socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as { port: number };
  return `nats://127.0.0.1:${port}`;
}

function runAt(nats: string, ...more: string[]): Promise<CliResult> {
  return runCli([...argsAt(nats), ...more]);
}

function argsAt(nats: string, data = `data-${nats.split(':').at(-1)}`): string[] {
  return [...toRunArgs(example, join(folder, data)), '--nats', nats];
}

/** One sentence for a person, and nothing of a stack. */
function expectRefusal({ exitCode, stderr }: CliResult, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(USAGE);
}

describe.concurrent('a broker that is not there, or not as it must be', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-away-'));
    example = await makeExample(folder, 4);
    silence = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silence, 'listening');
    away = `nats://127.0.0.1:${await freePort()}`;
  });

  afterAll(async () => {
    silence.close();
    for (const server of servers) {
      if (server.exitCode === null && server.kill()) await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends every command with a sentence, after a wait that was said', async () => {
    const place = ['--nats', away, '--data', join(folder, 'none')];
    const { embedder } = example.models;
    mkdirSync(join(folder, 'replayed'));
    const commands = [
      argsAt(away),
      ['replay', '--from', 'embeddings', ...argsAt(away, 'replayed').slice(1)],
      ['status', ...place],
      ['dead', 'list', ...place],
      ['pause', ...place],
      ['embedder', ...place, '--originals', example.originals, '--embedder', embedder],
    ];
    for (const result of await Promise.all(commands.map((args) => runCli(args)))) {
      expectRefusal(result, /waiting 10 s for a broker at .*\n.*no connection to/);
    }
  }, 60_000);

  it('ends a command with a sentence when it is gone in the middle', async () => {
    const nats = await startServer('jetstream { store_dir: "STORE" }');
    await untilListening(nats);
    const breaking = await startBreaking(nats, 'STREAM.INFO');
    const result = await runCli(['streams', '--nats', breaking, '--data', join(folder, 'none')]);
    expectRefusal(result, /error: the broker does not answer any more; see that it runs/);
  }, 60_000);

  it('keeps nobody waiting who asks twice, whatever hangs', async () => {
    const data = join(folder, 'hanging');
    const cli = startCli(toRunArgs(example, data));
    const services = () => findService(cli.child.pid ?? 0, 'embedder');
    await waitFor(() => findBroker(data).length > 0 && services().length > 0, {
      what: 'a broker and an embedder',
      timeoutMs: 60_000,
    });
    const broker = findBroker(data);
    for (const pid of [...broker, ...services()]) process.kill(pid, 'SIGSTOP');
    cli.child.kill('SIGINT');
    await waitForText(cli, 'press Ctrl-C again');
    const askedAtMs = performance.now();
    cli.child.kill('SIGINT');
    const { exitCode, stderr } = await cli.result;
    expect(exitCode, stderr).toBe(INTERRUPTED);
    expect(performance.now() - askedAtMs).toBeLessThan(8_000);
    for (const pid of broker) process.kill(pid, 'SIGCONT');
    await waitFor(() => findBroker(data).length === 0, {
      what: 'the broker to be ended',
      timeoutMs: 20_000,
    });
  }, 60_000);

  it.each(['SIGINT', 'SIGTERM'] as const)('stops waiting on the first %s', async (signal) => {
    const { port } = silence.address() as { port: number };
    const silent = startCli(argsAt(`nats://127.0.0.1:${port}`, `silent-${signal}`));
    const refusing = startCli(argsAt(away, `away-${signal}`));
    for (const cli of [silent, refusing]) {
      await waitForText(cli, 'Ctrl-C ends the wait');
      cli.child.kill(signal);
      const { exitCode, stderr } = await cli.result;
      expect(exitCode, stderr).toBe(INTERRUPTED);
      expect(stderr).not.toMatch(/^\s+at |nobody expected/m);
    }
  });

  it('refuses addresses, credentials and encryption that are wrong', async () => {
    const closed = await startServer(
      'authorization { user: someone, password: secret }\njetstream { store_dir: "STORE" }',
    );
    expectRefusal(await runAt('http://127.0.0.1:4222'), /is no address of a NATS server/);
    await untilListening(closed);
    const named = closed.replace('//', '//someone:wrong@');
    const [unnamed, wrong, noFile, encrypted] = await Promise.all([
      runAt(closed),
      runCli(['status', '--nats', named, '--data', join(folder, 'none')]),
      runAt(closed, '--data', join(folder, 'ca'), '--nats-ca-file', join(folder, 'none.pem')),
      runAt(closed.replace('nats:', 'tls:'), '--data', join(folder, 'tls')),
    ]);
    expectRefusal(unnamed, /refused the credentials/);
    expectRefusal(wrong, /refused the credentials/);
    expect(wrong.stderr).not.toContain('wrong');
    expectRefusal(noFile, /none\.pem cannot be read/);
    expectRefusal(encrypted, /takes no encrypted connection/);
  }, 60_000);

  it('refuses a server without JetStream', async () => {
    expectRefusal(await runAt(await startServer('')), /has no JetStream/);
  });

  it('keeps within what the server takes as one message', async () => {
    const nats = await startServer('max_payload: 32768\njetstream { store_dir: "STORE" }');
    const { stdout, stderr } = await runAt(nats, '--json');
    const { images } = JSON.parse(stdout) as {
      images: { total: number; embedded: number };
    };
    expect(images.total, stderr).toBe(example.images);
    expect(images.embedded).toBe(example.images - 3);
    expect(stderr).not.toContain('again');
  }, 60_000);

  it('says that nobody set it up, or which deployed services a run waits for', async () => {
    const nats = await startServer('jetstream { store_dir: "STORE" }');
    expectRefusal(await runAt(nats, '--services', 'deployed'), /not set up for deployed services/);
    expect((await runInProcess(['provision', '--nats', nats])).exitCode).toBe(0);
    const cli = startCli([...argsAt(nats), '--services', 'deployed']);
    await waitForText(cli, 'no extractor, embedder, predictor, writer, reporter works');
    cli.child.kill('SIGINT');
    expect((await cli.result).exitCode).toBe(INTERRUPTED);
  }, 60_000);
});
