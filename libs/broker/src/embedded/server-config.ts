import { isServerAtLeast, type BusCredentials } from '@cullstream/bus';

export interface ServerConfig {
  readonly port: number;
  readonly credentials: BusCredentials;
  /** For example `2.9.10`. It determines which settings the server knows. */
  readonly version: string;
}

/** Servers before 2.10 reject a configuration with this setting. */
const SYNC_INTERVAL_SINCE = [2, 10, 0] as const;

/**
 * The configuration file of an embedded nats-server: loopback only, one user, generous limits. File
 * names in it are relative to the folder that the server is started in.
 */
export function serverConfig(config: ServerConfig): string {
  const { port, credentials, version } = config;
  const jetstream = [
    'store_dir: "jetstream"',
    'max_memory_store: 268435456',
    'max_file_store: 1099511627776',
    ...(isServerAtLeast(version, SYNC_INTERVAL_SINCE) ? ['sync_interval: "10s"'] : []),
  ];
  return [
    `listen: ${quote(`127.0.0.1:${port}`)}`,
    'server_name: "cullstream"',
    'pid_file: "nats-server.pid"',
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

function quote(text: string): string {
  return JSON.stringify(text);
}
