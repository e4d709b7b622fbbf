import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Tests whether a TCP port is free.
 * @param port 0 for any that is free
 * @returns the port, which was free a moment ago
 * @throws {Error} of the operating system, such as `EADDRINUSE`, when it cannot
 */
export async function tryPort(port: number, host: string): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error(`${host} has no TCP ports`);
  return address.port;
}

/** A TCP port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return tryPort(0, '127.0.0.1');
}
