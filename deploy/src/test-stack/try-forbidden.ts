import { join } from 'node:path';
import { connectBus, toInboxPrefix, readSeedFile, type Bus } from '@cullstream/bus';
import { silentLog } from '@cullstream/testing';
import { docker, inspect } from './engine.js';
import type { Report } from './report.js';
import { services, type Service, type Stack, type TestSet } from './stack.js';

type Attempt = (connection: Bus['connection']) => Promise<unknown>;
interface User {
  readonly name: Service;
  readonly url: string;
  readonly seedFile: string;
}
/** The settings of a container that are checked. */
interface HostConfig {
  readonly ReadonlyRootfs: boolean;
  readonly CapDrop: readonly string[];
  readonly CapAdd: readonly string[] | null;
  readonly Privileged: boolean;
  readonly SecurityOpt: readonly string[];
  readonly Memory: number;
  readonly NanoCpus: number;
}

const ask =
  (subject: string): Attempt =>
  (connection) =>
    connection.request(subject, '{}', { timeout: 5_000 });
const hearAll: Attempt = async (connection) => {
  for await (const message of connection.subscribe('>', { timeout: 5_000 })) return message;
  return undefined;
};

/** Tests that forbidden actions fail: at the broker, in the containers and from outside. */
export async function tryForbidden(stack: Stack, { report }: TestSet): Promise<void> {
  await tryBroker(stack, report);
  await tryContainers(stack, report);
  await checkPorts(stack, report);
}

async function tryBroker(stack: Stack, report: Report): Promise<void> {
  const url = await stack.brokerUrl();
  const stranger = connectBus({ url, name: 'x', log: silentLog, firstConnectTimeoutMs: 5_000 });
  const isIn = await stranger.then(
    () => true,
    () => false,
  );
  report.check('a stranger does not get in at the broker', !isIn);
  for (const name of services) {
    const other = name === 'extractor' ? 'embeddings' : 'images';
    const attempts: Record<string, Attempt> = {
      'publish for another': ask(`cull.${other}.run.project`),
      'read a stream of another': ask(
        `$JS.API.STREAM.MSG.GET.${name === 'extractor' ? 'PREDICTIONS' : 'IMAGES'}`,
      ),
      'delete a stream': ask('$JS.API.STREAM.DELETE.IMAGES'),
      'hear everything': hearAll,
    };
    const allowed: string[] = [];
    for (const [what, attempt] of Object.entries(attempts)) {
      if (!(await isRefused({ name, url, seedFile: join(stack.keysDir, `${name}.seed`) }, attempt)))
        allowed.push(what);
    }
    report.check(
      `the ${name} may not ${Object.keys(attempts).join(', ')}`,
      allowed.length === 0,
      `it may ${allowed.join(', ')}`,
    );
  }
}

async function isRefused({ name, url, seedFile }: User, attempt: Attempt): Promise<boolean> {
  const bus = await connectBus({
    url,
    seed: await readSeedFile(seedFile),
    inboxPrefix: toInboxPrefix(name),
    name,
    log: silentLog,
    firstConnectTimeoutMs: 5_000,
  });
  try {
    await attempt(bus.connection);
    return false;
  } catch (error) {
    return /permissions? violation/i.test((error as Error).message);
  } finally {
    await bus.close();
  }
}

async function tryContainers(stack: Stack, report: Report): Promise<void> {
  for (const service of ['nats', ...services]) {
    const id = await stack.findContainer(service);
    const host = JSON.parse(await inspect(id, '{{json .HostConfig}}')) as HostConfig;
    const isConfined =
      host.ReadonlyRootfs &&
      host.CapDrop.includes('ALL') &&
      host.CapAdd === null &&
      !host.Privileged &&
      host.SecurityOpt.includes('no-new-privileges:true');
    const isLimited = host.Memory > 0 && host.NanoCpus > 0;
    report.check(
      `the ${service} has no right, no disk of its own, and limits`,
      isConfined && isLimited,
      JSON.stringify(host),
    );
  }
  const embedder = await stack.findContainer('embedder');
  const reporter = await stack.findContainer('reporter');
  const write = (path: string) => `require('node:fs').writeFileSync('${path}', 'x')`;
  const outside = `fetch('http://192.0.2.1', { signal: AbortSignal.timeout(3_000) })`;
  const attempts = [
    ['the embedder cannot write the originals', embedder, write('/originals/x')],
    ['nor its own programs', embedder, write('/app/x')],
    ['nor read the keys of others', reporter, `require('node:fs').readdirSync('/keys')`],
    ['and reaches nobody outside', embedder, outside],
  ] as const;
  for (const [what, id, code] of attempts) {
    const end = await docker('exec', id, 'node', '-e', code).then(
      () => 'it can',
      () => 'it cannot',
    );
    report.check(what, end === 'it cannot');
  }
}

async function checkPorts(stack: Stack, report: Report): Promise<void> {
  const published: string[] = [];
  for (const service of ['nats', ...services]) {
    const id = await stack.findContainer(service);
    const ports = await docker('port', id);
    if (ports !== '') published.push(`${service} ${ports.split('\n').sort().join(',')}`);
  }
  report.check(
    'two ports of the reporter are published, on the loopback address: its health and the page',
    /^reporter 4280\/tcp -> 127\.0\.0\.1:\d+,9400\/tcp -> 127\.0\.0\.1:\d+$/.test(published.join()),
    published.join('\n'),
  );
}
