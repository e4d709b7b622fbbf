import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_RECORD, CONTRACT_VERSION, openRecords } from '@cullstream/bus';
import { writeDemoModels } from '@cullstream/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, toVariables } from './support/deployed-services.js';
import type { Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;
const LATER = CONTRACT_VERSION + 1;
const refusal = (program: string) =>
  `events of contract ${LATER}, this ${program} speaks contract ${CONTRACT_VERSION}: update it`;

let folder: string;
let broker: PlainBroker;
let example: Example;

describe('a broker whose events follow a later contract', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-contract-'));
    broker = await startPlainBroker(folder);
    const models = await writeDemoModels(join(folder, 'models'));
    const originals = join(folder, 'originals');
    mkdirSync(originals);
    example = { originals, models, images: 0 };
    const provisioned = await runInProcess(['provision', '--nats', broker.url]);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
    const records = await openRecords(await broker.connect(), CONTRACT_RECORD, { parse: Number });
    expect(await records.get('events')).toBe(CONTRACT_VERSION);
    await records.put('events', LATER);
  });

  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused by a service of an earlier one, which says what to do', async () => {
    const variables = toVariables(example, join(folder, 'data'), broker.url);
    const { exitCode, log } = await startService('embedder', variables).ended;
    expect(exitCode, log).toBe(USAGE);
    expect(log).toContain(refusal('embedder'));
  });

  it('is refused by an embedder that wants to join', async () => {
    const { originals, models } = example;
    const joined = await runCli([
      ...['embedder', '--nats', broker.url, '--originals', originals],
      ...['--data', join(folder, 'data'), '--embedder', models.embedder],
    ]);
    expect(joined.exitCode, joined.stderr).toBe(USAGE);
    expect(joined.stderr).toContain(refusal('embedder'));
  });

  it('is not set up anew by an earlier version', async () => {
    const provisioned = await runInProcess(['provision', '--nats', broker.url]);
    expect(provisioned.exitCode, provisioned.stderr).toBe(USAGE);
    expect(provisioned.stderr).toContain('update it to the version of the programs');
  });
});
