import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@cullstream/runtime';
import { afterEach, expect, it } from 'vitest';
import { createNotifier, type Notification } from './notifier.js';

const times = { answerWithinMs: 500, allWithinMs: 2_000, firstPauseMs: 1 };
const notification = {
  ...{ event: 'ended', run: '20260131T094500Z-aaaa', at: '2026-01-31T09:46:00.000Z' },
  ...{ text: 'it is done', summary: null },
} as unknown as Notification;

interface Posted {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with one status after the other, and then not at all. */
async function serve(statuses: readonly number[]): Promise<{ port: number; posted: Posted[] }> {
  const left = [...statuses];
  const posted: Posted[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push({ url: request.url, headers: request.headers, body });
      const status = left.shift();
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, posted };
}

function createLog(): { log: Logger; warnings: string[] } {
  const warnings: string[] = [];
  return { log: { warn: (text: string) => warnings.push(text) } as unknown as Logger, warnings };
}

it('posts JSON, and again where the server fails for the moment', async () => {
  const { port, posted } = await serve([503, 429, 204]);
  const { log, warnings } = createLog();
  await createNotifier(`http://me:s%20t@127.0.0.1:${port}/hook?key=k`, log, times)(notification);
  expect(posted.map(({ url }) => url)).toEqual(['/hook?key=k', '/hook?key=k', '/hook?key=k']);
  expect(JSON.parse(posted[2]?.body ?? '')).toEqual(notification);
  expect(posted[2]?.headers['content-type']).toBe('application/json');
  const basic = `Basic ${Buffer.from('me:s t').toString('base64')}`;
  expect(posted[2]?.headers.authorization).toBe(basic);
  expect(warnings).toEqual([]);
});

it('warns once, without what is secret, where it is refused, redirected or never answered', async () => {
  for (const [statuses, posts] of [
    [[403], 1],
    [[302], 1],
    [[], 4],
  ] as const) {
    const { port, posted } = await serve(statuses);
    const { log, warnings } = createLog();
    await createNotifier(`http://me:pw@127.0.0.1:${port}/path?key=k`, log, times)(notification);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`http://127.0.0.1:${port} was not told`);
    expect(warnings[0]).not.toMatch(/me:|pw|path|key/);
    expect(posted.length).toBeLessThanOrEqual(posts);
    server?.closeAllConnections();
    server?.close();
  }
});

it('warns where nobody listens', async () => {
  const { port } = await serve([]);
  await new Promise((resolve) => server?.close(resolve));
  const { log, warnings } = createLog();
  await createNotifier(`http://127.0.0.1:${port}/`, log, times)(notification);
  expect(warnings[0]).toContain('ECONNREFUSED');
});
