import { createServer, type AddressInfo } from 'node:net';
import { ModelBroker, type Connection } from '../broker/model-broker.js';

export interface ModelServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The model behind a real port and with real time, for real clients. */
export async function startModelServer(version: string): Promise<ModelServer> {
  const model = new ModelBroker(
    {
      now: () => Date.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms).unref();
        return () => clearTimeout(timer);
      },
    },
    version,
  );
  const server = createServer((socket) => {
    const connection: Connection = {
      onData: () => undefined,
      onClose: () => undefined,
      write: (bytes) => void socket.write(bytes),
      close: () => void socket.destroy(),
    };
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => connection.onData(bytes));
    socket.on('close', () => connection.onClose());
    model.accept(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `nats://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
