import { describe, expect, it } from 'vitest';
import { serverConfig } from './server-config.js';

const config = {
  port: 4333,
  credentials: { user: 'u', password: 'p"w' },
};

describe('serverConfig', () => {
  it('listens on the loopback interface and quotes what people choose', () => {
    expect(serverConfig({ ...config, version: '2.9.10' })).toBe(`listen: "127.0.0.1:4333"
server_name: "cullstream"
pid_file: "nats-server.pid"
authorization {
  user: "u"
  password: "p\\"w"
}
jetstream {
  store_dir: "jetstream"
  max_memory_store: 268435456
  max_file_store: 1099511627776
}
`);
  });

  it('asks servers that can for a shorter sync interval', () => {
    const versions = ['2.9.25', '2.10.0', '2.12.15', '3.0.0'];

    const asked = versions.map((version) =>
      serverConfig({ ...config, version }).includes('sync_interval'),
    );

    expect(asked).toEqual([false, true, true, true]);
  });
});
