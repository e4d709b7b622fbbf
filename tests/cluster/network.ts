import { execFileSync } from 'node:child_process';

/** Where the servers of a cluster run, and how they are kept from reaching each other. */
export interface Network {
  /** Address of each server. */
  readonly hosts: readonly string[];
  /** What starts a program where server `index` runs. */
  through(index: number): readonly [string, ...string[]];
  /** What starts a program that reaches every server. */
  readonly client: readonly [string, ...string[]];
  /** Cuts a server off from the others, but not from clients. Returns what ends it. */
  partition(index: number): () => void;
  remove(): void;
}

/**
 * Network namespaces, one for each server and one for the clients, on a bridge of their own; undefined
 * where this user may not make them, or there is no iproute2. Nothing outside of them changes.
 */
export function makeNetwork(servers: number): Network | undefined {
  const prefix = `cull${process.pid}`;
  const hub = `${prefix}-hub`;
  const names = Array.from({ length: servers }, (_unused, index) => `${prefix}-${index}`);
  const hosts = names.map((_unused, index) => `10.77.0.${index + 1}`);
  const remove = () => {
    for (const name of [...names, hub]) tryIp('netns', 'delete', name);
  };
  try {
    ip('netns', 'add', hub);
    const inHub = ['-n', hub];
    ip(...inHub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip(...inHub, 'address', 'add', '10.77.0.254/24', 'dev', 'bridge');
    for (const device of ['lo', 'bridge']) ip(...inHub, 'link', 'set', device, 'up');
    for (const [index, name] of names.entries()) {
      ip('netns', 'add', name);
      ip(...inHub, 'link', 'add', `to${index}`, 'type', 'veth', 'peer', 'eth0', 'netns', name);
      ip(...inHub, 'link', 'set', `to${index}`, 'master', 'bridge', 'up');
      ip('-n', name, 'address', 'add', `${hosts[index] ?? ''}/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) ip('-n', name, 'link', 'set', device, 'up');
    }
  } catch {
    remove();
    return undefined;
  }
  const through = (name: string) => ['ip', 'netns', 'exec', name] as const;
  return {
    hosts,
    through: (index) => through(names[index] ?? ''),
    client: through(hub),
    partition(index) {
      const routes = hosts.flatMap((host, other) =>
        other === index
          ? []
          : [
              [names[index] ?? '', host],
              [names[other] ?? '', hosts[index] ?? ''],
            ],
      );
      const change = (verb: string) => {
        for (const [name = '', host = ''] of routes) {
          tryIp('-n', name, 'route', verb, 'blackhole', `${host}/32`);
        }
      };
      change('add');
      return () => change('delete');
    },
    remove,
  };
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}

function tryIp(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // It is gone already, or was never made.
  }
}
