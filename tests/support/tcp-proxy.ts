import { setTimeout as delay } from 'node:timers/promises';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between clients and a server, and disturbs what passes. */
export interface TcpProxy {
  readonly port: number;
  /** Ends all connections at once, as a cable does that is pulled out. */
  cut(): void;
  /** From now on each piece of data waits for so long; 0 ends that. */
  slow(delayMs: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(toPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  const pass = (from: Socket, to: Socket) => {
    // Pieces keep their order: each waits for the one before it.
    let before = Promise.resolve();
    from.on('data', (data) => {
      if (delayMs > 0) from.pause();
      before = before.then(async () => {
        if (delayMs > 0) await delay(delayMs);
        if (!to.destroyed) to.write(data);
        from.resume();
      });
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(toPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    slow: (ms) => {
      delayMs = ms;
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
