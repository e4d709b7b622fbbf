import type { BusCredentials } from '@cullstream/bus';

export interface ServerConfig {
  readonly port: number;
  readonly credentials: BusCredentials;
  /** Folder of JetStream's files. */
  readonly jetstreamDir: string;
  readonly pidFile: string;
  /** `2.9.10`; decides which settings the server knows. */
  readonly version: string;
}

/** Servers before 2.10 refuse a configuration that names the interval. */
const SYNC_INTERVAL_SINCE = [2, 10] as const;

/** The configuration file of an embedded nats-server: loopback only, one user, generous limits. */
export function serverConfig(config: ServerConfig): string {
  const { port, credentials, jetstreamDir, pidFile, version } = config;
  const jetstream = [
    `store_dir: ${quote(jetstreamDir)}`,
    'max_memory_store: 268435456',
    'max_file_store: 1099511627776',
    ...(isAtLeast(version, SYNC_INTERVAL_SINCE) ? ['sync_interval: "10s"'] : []),
  ];
  return [
    `listen: ${quote(`127.0.0.1:${port}`)}`,
    'server_name: "cullstream"',
    `pid_file: ${quote(pidFile)}`,
    'authorization {',
    `  user: ${quote(credentials.user)}`,
    `  password: ${quote(credentials.password)}`,
    '}',
    'jetstream {',
    ...jetstream.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
  return actualMajor > major || (actualMajor === major && actualMinor >= minor);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
