import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { webError, webOverview } from '@cullstream/contracts/web';
import { sendHostileRequests } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDataFolder, type DataFolderPage } from './serve-data-folder.js';

const REPORT = 'batch_predictions_summary_20260131T120000Z.html';

let folder: string;
let page: DataFolderPage;
const open = (options: { host?: string; token?: string; port?: number }) =>
  serveDataFolder({
    data: join(folder, 'data'),
    originals: join(folder, 'originals'),
    cache: join(folder, 'cache'),
    host: '127.0.0.1',
    port: 0,
    names: [],
    token: undefined,
    ...options,
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-web-'));
  mkdirSync(join(folder, 'data/ai_data'), { recursive: true });
  mkdirSync(join(folder, 'originals'));
  writeFileSync(join(folder, 'data/ai_data', REPORT), '<!doctype html><p>done');
  writeFileSync(join(folder, 'data/secret.html'), 'secret');
  page = await open({});
});
afterAll(async () => {
  await page.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends the path and headers unchanged. `fetch` changes some of them. */
function ask(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('the page on loopback', () => {
  it.each(['/', '/projects/anything', '/projects/harbour.2019'])(
    'is served at %s, with a strict policy',
    async (path) => {
      const { status, headers, text } = await ask(page.url, path);
      expect(status).toBe(200);
      expect(text).toMatch(/^<!doctype html>/i);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(text).not.toMatch(/<style|<script(?![^>]*src=)| style="| on\w+="/);
    },
  );

  it.each([
    ['another name', { host: 'evil.example' }],
    ['an address of the network', { host: '192.168.1.5:4280' }],
    ['a page of others', { origin: 'http://evil.example' }],
    ['a page in a sandbox', { origin: 'null' }],
    ['a script of another page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
  ])('refuses %s', async (_what, headers) => {
    for (const path of ['/', '/api/v1/live', `/reports/${REPORT}`]) {
      const { status, text } = await ask(page.url, path, { headers });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(webError.parse(JSON.parse(text)).error).not.toBe('');
    }
  });

  it('may be linked to from elsewhere', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(page.url, '/', { headers })).status).toBe(200);
  });

  it.each([
    '/reports/../secret.html',
    '/reports/..%2fsecret.html',
    '/reports/%2e%2e%2f%2e%2e%2fsecret.html',
    '/../../../../etc/passwd.txt',
    '/api/v1/projects/..%2f..%2fetc/groups',
    '/api/v1/projects/none/runs/20260131T120000Z-aaaa/images/0/picture',
    '/api/v1/nothing',
    '/api/v2/live',
    '/secret.html',
  ])('serves no file at %s', async (path) => {
    const { status, text } = await ask(page.url, path);
    expect([status, text]).toEqual([404, expect.stringContaining('{"error":')]);
  });

  it('answers what is no request with a refusal, or with the page', async () => {
    const answers = await sendHostileRequests(Number(new URL(page.url).port));
    for (const [name, answer] of Object.entries(answers)) {
      expect(answer, name).toMatch(/^$|^HTTP\/1\.1 (?:200|4\d\d) /);
      expect(answer, name).not.toContain('secret\r\n');
      expect(answer, name).not.toContain('root:');
    }
    expect((await ask(page.url, '/')).status).toBe(200);
  });

  it('serves reports with a policy of their own', async () => {
    const { status, headers, text } = await ask(page.url, `/reports/${REPORT}`);
    expect([status, text]).toEqual([200, '<!doctype html><p>done']);
    expect(headers['content-security-policy']).toContain('sandbox');
    const overview = webOverview.parse(
      JSON.parse((await ask(page.url, '/api/v1/overview')).text) as unknown,
    );
    expect(overview).toMatchObject({ folder: 'data', canControl: false, projects: [] });
    expect(overview.reports).toEqual([
      { name: REPORT, url: `/reports/${REPORT}`, completedAt: '2026-01-31T12:00:00Z' },
    ]);
  });

  it('says what is wrong with a request', async () => {
    const path = '/api/v1/projects/x/groups?limit=1000';
    const { status, text } = await ask(page.url, path);
    expect(status).toBe(400);
    expect(text).toContain('limit: expected a number of at most');
    const control = '/api/v1/runs/20260131T120000Z-aaaa/control';
    const body = '{"action":"pause"}';
    expect(await ask(page.url, control, { method: 'POST', body })).toMatchObject({ status: 409 });
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST'])(
    'changes nothing by %s',
    async (method) => {
      for (const path of ['/', '/api/v1/live', `/reports/${REPORT}`]) {
        const { status, text } = await ask(page.url, path, { method });
        expect([404, 405]).toContain(status);
        expect(webError.parse(JSON.parse(text)).error).not.toBe('');
      }
    },
  );

  it('refuses addresses that are none, and bodies that are too large', async () => {
    for (const path of ['/\\evil', 'http://[/', '*']) {
      const { status, text } = await ask(page.url, path);
      expect([status, text]).toEqual([400, expect.stringContaining('{"error":')]);
    }
    const body = `{"action":"pause"${' '.repeat(2 * 1024 * 1024)}}`;
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const control = '/api/v1/runs/20260131T120000Z-aaaa/control';
    for (const each of [{}, headers]) {
      const answer = await ask(page.url, control, { method: 'POST', headers: each, body });
      expect(answer).toMatchObject({ status: 413, text: expect.stringContaining('{"error":') });
    }
  });

  it('keeps no place for those who ask for the head of the events', async () => {
    const path = '/api/v1/events';
    for (let asked = 0; asked < 70; asked++) await ask(page.url, path, { method: 'HEAD' });
    const aborting = new AbortController();
    const { status } = await fetch(new URL(path, page.url), { signal: aborting.signal });
    aborting.abort();
    expect(status).toBe(200);
  });

  it('ends the streams of events when it is closed', async () => {
    const other = await open({});
    const events = ask(other.url, '/api/v1/events');
    await ask(other.url, '/api/v1/live');
    await other.close();
    expect((await events).text).toMatch(/^event: live\ndata: \{.*"runs":\[\]\}\n/);
  });

  it('names the port that is taken', async () => {
    const port = Number(new URL(page.url).port);
    await expect(open({ port })).rejects.toThrow(`127.0.0.1:${port} cannot be taken`);
  });
});

describe('the page on another address', () => {
  const token = 'a-token-of-some-length';

  it('is for those with the token, which is kept where no script reads it', async () => {
    const other = await open({ host: '0.0.0.0', token });
    try {
      const { status } = await ask(other.url, '/');
      const wrong = await ask(other.url, '/?token=another-token-of-length');
      expect([status, wrong.status]).toEqual([401, 401]);
      const first = await ask(other.url, `/projects/a?token=${token}&show=failed`);
      expect(first).toMatchObject({ status: 303 });
      expect(first.headers.location).toBe('/projects/a?show=failed');
      const elsewhereTo = await ask(other.url, `//evil.example/?token=${token}`);
      expect(elsewhereTo.headers.location).toBe('/evil.example/');
      const [cookie = ''] = first.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
      const headers = { cookie: cookie.split(';')[0] };
      expect(await ask(other.url, '/api/v1/live', { headers })).toMatchObject({ status: 200 });
      const named = { ...headers, host: `${hostname()}:4280` };
      expect(await ask(other.url, '/api/v1/live', { headers: named })).toMatchObject({
        status: 401,
      });
      const opened = await ask(other.url, `/?token=${token}`, { headers: { host: named.host } });
      expect(opened).toMatchObject({ status: 303 });
      const elsewhere = { ...headers, host: 'evil.example' };
      expect(await ask(other.url, '/', { headers: elsewhere })).toMatchObject({ status: 421 });
    } finally {
      await other.close();
    }
  });

  it.each([undefined, '', 'short'])('is not served with %j in place of one', async (given) => {
    const options = { host: '0.0.0.0', ...(given !== undefined && { token: given }) };
    await expect(open(options)).rejects.toThrow('needs a token');
  });
});
