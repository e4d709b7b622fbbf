import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server answers one request. */
export type Behaviour =
  /** The complete answer. */
  | 'honest'
  /** Half of it, then the connection is closed. */
  | 'truncates'
  /** Half of it, then nothing more. */
  | 'stalls'
  /** The right number of bytes, with wrong values. */
  | 'lies'
  /** The whole file, whatever range is requested. */
  | 'ignores ranges'
  /** 503. */
  | 'is busy'
  /** 404. */
  | 'has nothing';

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface FileServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /**
   * How the next requests are answered, one each. The last behaviour applies to all later requests.
   */
  behave(...behaviours: readonly Behaviour[]): void;
  /** The ETag of the file, which is sent with it; undefined for none. */
  tag(etag: string | undefined): void;
  close(): Promise<void>;
}

const HANG_UP_MS = 200;

/**
 * Serves one file at any path, with ranges and ETags, and with errors when a test asks for them.
 */
export async function startFileServer(bytes: Buffer): Promise<FileServer> {
  const requests: SeenRequest[] = [];
  let behaviours: Behaviour[] = ['honest'];
  let etag: string | undefined = '"one"';
  const server = createServer((request, response) => {
    requests.push({
      path: request.url ?? '',
      range: request.headers.range,
      ifRange: header(request, 'if-range'),
    });
    const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    answer(request, response, { bytes, etag, behaviour: behaviour ?? 'honest' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    behave: (...next) => {
      behaviours = [...next];
      requests.length = 0;
    },
    tag: (next) => {
      etag = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { bytes, etag, behaviour }: { bytes: Buffer; etag: string | undefined; behaviour: Behaviour },
): void {
  if (behaviour === 'is busy' || behaviour === 'has nothing') {
    response.writeHead(behaviour === 'is busy' ? 503 : 404).end();
    return;
  }
  const tagged = etag === undefined ? {} : { etag };
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const condition = header(request, 'if-range');
  const isSame = condition === undefined || condition === etag;
  const from = asked === undefined || !isSame || behaviour === 'ignores ranges' ? 0 : Number(asked);
  if (from > 0 && from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = behaviour === 'lies' ? Buffer.alloc(bytes.length - from, 7) : bytes.subarray(from);
  const range =
    from === 0 ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  const length = { 'content-length': String(body.length) };
  response.writeHead(from === 0 ? 200 : 206, { ...length, ...range, ...tagged });
  if (behaviour !== 'truncates' && behaviour !== 'stalls') {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => {
    // A client that notices the closed connection may drop unread data, so it gets time to read.
    if (behaviour === 'truncates') setTimeout(() => response.socket?.end(), HANG_UP_MS);
  });
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
