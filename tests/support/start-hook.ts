import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Hook extends AsyncDisposable {
  readonly url: string;
  /** The bodies received so far. */
  readonly posted: readonly unknown[];
}

/** A server that `--notify` sends to. */
export async function startHook(): Promise<Hook> {
  const posted: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      posted.push(body);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}/`, posted, [Symbol.asyncDispose]: close };
}
