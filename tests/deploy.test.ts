import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toVariableName, type SettingsSchema } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { embedderSettings } from '../apps/embedder/src/settings.js';
import { extractorSettings } from '../apps/extractor/src/settings.js';
import { predictorSettings } from '../apps/predictor/src/settings.js';
import { reporterSettings } from '../apps/reporter/src/settings.js';
import { writerSettings } from '../apps/writer/src/settings.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(`${root}deploy/${name}`, 'utf8');

interface ComposeService {
  image: string;
  build?: { target: string };
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  restart?: string;
  networks?: string[] | Record<string, unknown>;
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  mem_limit?: string;
  cpus?: string | number;
  stop_grace_period?: string;
  secrets?: { source: string; target: string }[];
}
interface Compose {
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean } | null>;
  secrets: Record<string, { file: string }>;
}

const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const service = (name: string): ComposeService => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
};

const schemas: Record<string, SettingsSchema> = {
  extractor: extractorSettings,
  embedder: embedderSettings,
  predictor: predictorSettings,
  writer: writerSettings,
  reporter: reporterSettings,
};
const programs = Object.keys(schemas);
/** What is run to its end. */
const commands = ['provision', 'cli'];
/** Set by the image, or left alone: a deployment serves every run and knows users by keys. */
const ofTheImage = ['originals', 'data', 'cache', 'healthPort', 'healthHost'];
const leftAlone = [
  'run',
  'folderId',
  'natsUser',
  'natsPassword',
  'natsCaFile',
  'embedders',
  'pageToken',
];

describe('compose.yaml', () => {
  it('has the broker, its provisioner, the five services and the tools', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      [...programs, 'embedder-gpu', 'nats', 'provision', 'cli', 'prometheus'].sort(),
    );
  });

  it('keeps to what old and new compose accept', () => {
    expect(Object.keys(compose).filter((key) => !key.startsWith('x-'))).toEqual([
      'services',
      'volumes',
      'networks',
      'secrets',
    ]);
    expect(read('compose.yaml')).not.toMatch(/start_interval|^include:|^name:/m);
  });

  it.each(Object.keys(compose.services))(
    'gives %s no right and no disk it does not need',
    (name) => {
      expect(service(name)).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    },
  );

  it.each(Object.keys(compose.services))('gives %s limits, and time for its end', (name) => {
    const { mem_limit: memory, cpus, stop_grace_period: grace } = service(name);
    expect([memory, cpus, grace]).not.toContain(undefined);
    expect(service(name).restart).toBe(commands.includes(name) ? 'no' : 'unless-stopped');
  });

  it('has the broker collect its garbage as early as an embedded one', () => {
    expect(service('nats').environment?.['GOMEMLIMIT']).toBe('${CULL_BROKER_GC_MEMORY:-180MiB}');
  });

  it('is no more than encrypted by compose.tls.yaml', () => {
    const { services } = parse(read('compose.tls.yaml'), { merge: true }) as Compose;
    const changed = Object.values(services).flatMap(Object.keys);
    expect([...new Set(changed)].sort()).toEqual(['command', 'environment', 'volumes']);
  });

  it.each(programs)('keeps %s running, within limits, as the user of the data folder', (name) => {
    expect(service(name)).toMatchObject({
      restart: 'unless-stopped',
      user: '${CULL_UID:-1000}:${CULL_GID:-1000}',
      stop_grace_period: '15s',
      build: { target: name },
      secrets: expect.arrayContaining([{ source: `${name}_key`, target: 'key' }]) as unknown,
    });
    expect(service(name).cpus).toBeDefined();
  });

  it.each(programs)('passes every setting of %s on', (name) => {
    const expected = Object.keys(schemas[name]?.shape ?? {})
      .filter((setting) => ![...ofTheImage, ...leftAlone].includes(setting))
      .map(toVariableName);
    expect(Object.keys(service(name).environment ?? {}).sort()).toEqual(expected.sort());
  });

  it('gives the embedder of a card the settings of the other, and the card', () => {
    const [one, other] = [service('embedder'), service('embedder-gpu')];
    expect(Object.keys(other.environment ?? {})).toEqual(Object.keys(one.environment ?? {}));
    expect(one.environment?.['CULL_DEVICE']).toBe('cpu');
    expect(other.environment?.['CULL_DEVICE']).toBe('cuda');
    expect(other).toMatchObject({ secrets: one.secrets, volumes: one.volumes, user: one.user });
  });

  it('publishes the ports of the reporter alone, on the loopback interface', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published).toEqual([
      'reporter 127.0.0.1:${CULL_REPORTER_PORT:-9400}:9400',
      'reporter 127.0.0.1:${CULL_PAGE_PORT:-4280}:4280',
    ]);
  });

  it('keeps everybody on a network of its own', () => {
    expect(compose.networks['inside']).toEqual({ internal: true });
    for (const [name, { networks = [] }] of Object.entries(compose.services)) {
      expect([name, Array.isArray(networks) ? networks : Object.keys(networks)]).toEqual([
        name,
        name === 'reporter' ? ['inside', 'edge'] : ['inside'],
      ]);
    }
  });

  it('mounts the originals read only, wherever they are mounted', () => {
    const mounts = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((volume) => volume.includes('/originals'));
    expect(mounts).toHaveLength(5);
    expect(mounts.every((volume) => volume.endsWith(':/originals:ro'))).toBe(true);
  });

  it('mounts keys as secret files, none of them in an image', () => {
    for (const { file } of Object.values(compose.secrets)) {
      expect(file).toMatch(/^\$\{CULL_KEYS_DIR:-\.\/keys\}\/(\w+\.seed|page\.token)$/);
    }
    expect(readFileSync(`${root}.dockerignore`, 'utf8')).not.toMatch(/^!.*keys/m);
  });

  it('names the users that the broker knows', () => {
    const users = ['provisioner', 'operator', ...programs].map((user) => `${user}_key`);
    expect(Object.keys(compose.secrets).sort()).toEqual([...users, 'page_token'].sort());
  });
});

describe('the images', () => {
  const dockerfile = read('Dockerfile');

  it.each([
    'extractor',
    'embedder',
    'embedder-gpu',
    'predictor',
    'writer',
    'reporter',
    'cli',
    'broker',
  ])('have one for the %s', (target) => {
    expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
  });

  it('run without a shell, and not as root', () => {
    const entries = dockerfile.match(/^ENTRYPOINT .*$/gm) ?? [];
    expect(entries).toHaveLength(8);
    expect(entries.every((entry) => entry.startsWith('ENTRYPOINT ["'))).toBe(true);
    expect(dockerfile.match(/^USER .*$/gm)).toEqual([
      'USER 1000:1000',
      'USER 1000:1000',
      'USER 1000:1000',
    ]);
  });
});

describe('.env.example', () => {
  it('is what the schemas say', async () => {
    await expect(
      run(process.execPath, ['deploy/write-env-example.js', '--check'], { cwd: root }),
    ).resolves.toBeDefined();
  });

  it('has every variable of compose.yaml', () => {
    const files = ['compose.yaml', 'compose.tls.yaml', 'compose.s3.yaml'];
    const text = files.map(read).join('');
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    const told = [...read('.env.example').matchAll(/^#?(\w+)=/gm)].map(([, name]) => name);
    expect([...new Set(used)].filter((name) => !told.includes(name))).toEqual([]);
  });
});
