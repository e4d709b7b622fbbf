import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readPage } from './read-page.js';

const page = await readPage();
const html = page.get('/')?.body.toString() ?? '';

it('has every file that the page asks for', () => {
  const asked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  expect(asked).toEqual(['/icon.svg', '/page.css', '/page.js']);
  expect([...page.keys()]).toEqual(expect.arrayContaining(asked));
});

it('has no code or style in the page itself, and asks no other host', () => {
  expect(html).not.toMatch(/<style|style=|<script>|\son\w+=/i);
  for (const [path, { body }] of page) {
    const hosts = body.toString().match(/https?:\/\/[\w.]+/g) ?? [];
    expect(
      hosts.filter((host) => !host.startsWith('http://www.w3.org')),
      path,
    ).toEqual([]);
  }
});

it('is small', () => {
  const bytes = [...page.values()].map(({ body }) => gzipSync(body).length);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(300_000);
});
