import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { refuseTakenPorts } from './refuse-taken-ports.js';

it('any port is good where none was asked for', async () => {
  await expect(refuseTakenPorts(undefined, 5)).resolves.toBeUndefined();
  await expect(refuseTakenPorts(0, 5)).resolves.toBeUndefined();
});

it('names every port of the services that another program has, and no other', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await expect(refuseTakenPorts(port, 1)).rejects.toMatchObject({
      problems: [
        `‹healthPort›: port ${port} of 127.0.0.1 is taken by another program; the 1 services take the ` +
          `ports from ${port} on: choose another first one, or 0 for any that is free`,
      ],
    });
    await expect(refuseTakenPorts(port - 1, 2)).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.stringContaining(`port ${port} of`)]),
    });
  } finally {
    server.close();
  }
  await expect(refuseTakenPorts(port, 1)).resolves.toBeUndefined();
});

it('says what else keeps a port from being opened', async () => {
  await expect(refuseTakenPorts(4_000, 1, '192.0.2.1')).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/port 4000 of 192\.0\.2\.1 cannot be opened \(.*EADDRNOTAVAIL/),
    ],
  });
});
