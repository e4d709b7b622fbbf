import { connect, type Socket } from 'node:net';

/** What no browser and no collector of metrics would send, by what it is. */
const hostileRequests: Readonly<Record<string, string | Buffer>> = {
  'a greeting of TLS': Buffer.from('16030100a5010000a10303', 'hex'),
  'a greeting of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'bytes of no protocol': Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 7) % 256)),
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
  'a path that climbs': 'GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'a path that climbs in disguise':
    'GET /reports/..%2f..%2fsecret.html HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'an address of another server': 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'a tunnel': 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'a trace': 'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'a long address': `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  'a long header': `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`,
  'many headers': `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(20_000)}\r\n`,
  'two lengths':
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'an endless body': `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n${'a'.repeat(100_000)}`,
  'a header in a header': 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n\tb: c\r\nY\x00: d\r\n\r\n',
  'half a request': 'GET / HTTP/1.1\r\nHost: loc',
  nothing: '',
};

const ANSWERED_WITHIN_MS = 1_000;

/**
 * Sends each hostile request on a connection of its own, all at once.
 * @returns what was answered until the server closed the connection or said nothing for a second
 */
export async function sendHostileRequests(port: number): Promise<Record<string, string>> {
  const answers = Object.entries(hostileRequests).map(async ([name, request]) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(request);
    return [name, await readAnswer(socket)] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

function readAnswer(socket: Socket): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    socket.setTimeout(ANSWERED_WITHIN_MS, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    // A server may close while the request is still sent.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

/** Connections that say nothing. */
export interface SilentConnections {
  /** How many of them the server has closed. */
  readonly refused: () => number;
  readonly closeAll: () => void;
}

export function openSilentConnections(port: number, count: number): SilentConnections {
  let refused = 0;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('close', () => (refused += 1));
    return socket;
  });
  return {
    refused: () => refused,
    closeAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
