import { stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { toError, type BusLog } from '@cullstream/bus';
import { describeSystemError } from '@cullstream/runtime';
import { fetchDebianPackage } from './fetch-debian-package.js';
import { fetchOfficialRelease } from './fetch-official-release.js';
import { officialReleaseFor, type OfficialRelease } from './official-releases.js';
import { OLDEST_VERSION, probeNatsServer } from './probe-nats-server.js';
import { addToCache, findCached, withCacheLock, type CachedServer } from './server-cache.js';

export type ServerOrigin =
  | 'NATS_SERVER_BIN'
  | 'PATH'
  | 'cache'
  | 'debian-package'
  | 'official-release';

export interface NatsServerBinary {
  readonly path: string;
  /** `2.9.10` */
  readonly version: string;
  readonly how: ServerOrigin;
}

export interface FindNatsServerOptions {
  readonly env: {
    readonly NATS_SERVER_BIN?: string | undefined;
    readonly PATH?: string | undefined;
  };
  /** The project's own cache folder, for example `~/.cache/cullstream`. */
  readonly cacheDir: string;
  readonly log: BusLog;
  /** `process.platform` and `process.arch`. */
  readonly platform: { readonly os: string; readonly arch: string };
  /** Replaces the pinned release of the platform. */
  readonly release?: OfficialRelease | undefined;
}

const WAYS = {
  'debian-package': "Debian's package",
  'official-release': 'the official release',
} as const;

/**
 * The nats-server to use, found in this order: NATS_SERVER_BIN, PATH, the cache, Debian's package
 * fetched into the cache, the official release fetched into the cache.
 * @throws {ConfigurationError} naming every way and why it did not work. A NATS_SERVER_BIN that
 *   does not work is an error by itself: who sets it means it.
 */
export async function findNatsServer(options: FindNatsServerOptions): Promise<NatsServerBinary> {
  const { env, cacheDir, log } = options;
  if (env.NATS_SERVER_BIN) return fromSetting(env.NATS_SERVER_BIN);
  const problems: string[] = [];
  const onPath = await fromPath(env.PATH ?? '', problems);
  if (onPath) return onPath;
  const cached = await findCached(cacheDir);
  if (cached) return { ...cached, how: 'cache' };
  return withCacheLock(cacheDir, async () => {
    const meanwhile = await findCached(cacheDir);
    if (meanwhile) return { ...meanwhile, how: 'cache' };
    for (const how of ['debian-package', 'official-release'] as const) {
      try {
        const found = await fetchBy(how, options);
        log.info({ ...found, how }, 'fetched a nats-server into the cache');
        return { ...found, how };
      } catch (thrown) {
        const error = toError(thrown);
        log.debug({ how, err: error }, 'no nats-server this way');
        problems.push(`${WAYS[how]}: ${describeSystemError(error)}`);
      }
    }
    throw new ConfigurationError([
      'no nats-server was found. Any one of these helps: install nats-server so that it is on PATH; ' +
        'set NATS_SERVER_BIN to one; set NATS_URL to a running server with JetStream; or give this ' +
        `machine access to Debian's packages or to the official releases. Needed is ${OLDEST_VERSION} or newer. ` +
        `What was tried: ${problems.join('; ')}`,
    ]);
  });
}

async function fromSetting(path: string): Promise<NatsServerBinary> {
  try {
    return { path, version: await probeNatsServer(path), how: 'NATS_SERVER_BIN' };
  } catch (thrown) {
    const cause = toError(thrown);
    throw new ConfigurationError([`NATS_SERVER_BIN: ${cause.message}`], { cause });
  }
}

async function fromPath(
  searchPath: string,
  problems: string[],
): Promise<NatsServerBinary | undefined> {
  for (const folder of searchPath.split(delimiter).filter((part) => part !== '')) {
    for (const file of ['nats-server', 'nats-server.exe']) {
      const path = join(folder, file);
      if (
        !(await stat(path).then(
          (found) => found.isFile(),
          () => false,
        ))
      )
        continue;
      try {
        return { path, version: await probeNatsServer(path), how: 'PATH' };
      } catch (thrown) {
        problems.push(`PATH: ${toError(thrown).message}`);
      }
    }
  }
  if (problems.length === 0) problems.push('PATH: no nats-server on it');
  return undefined;
}

async function fetchBy(
  how: 'debian-package' | 'official-release',
  { env, cacheDir, platform, log, release }: FindNatsServerOptions,
): Promise<CachedServer> {
  if (how === 'debian-package') {
    if (platform.os !== 'linux') throw new Error(`${platform.os} has no Debian packages`);
    log.info({}, "fetching Debian's package of nats-server, once");
    return addToCache(cacheDir, 'debian', (workDir) =>
      fetchDebianPackage(workDir, env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'),
    );
  }
  const official = release ?? officialReleaseFor(platform);
  if (official === undefined) {
    throw new Error(`no checksum is pinned for ${platform.os} ${platform.arch}`);
  }
  log.info({ url: official.url }, 'fetching the official release of nats-server, once');
  return addToCache(cacheDir, 'official', (workDir) => fetchOfficialRelease(workDir, official));
}
