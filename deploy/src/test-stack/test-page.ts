import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { LONG_PROJECT } from './originals.js';
import type { Report } from './report.js';
import type { Stack, TestSet } from './stack.js';

const CHROMIUM = '/usr/bin/chromium';
const PATIENCE_MS = 300_000;
const REFUSED = { token: 401, origin: 403, host: 421 } as const;

interface Summary {
  readonly images: Readonly<Record<'total' | 'failed', number>>;
  readonly groups: Readonly<Record<'decided', number>>;
}

/**
 * Tests the page at its published port: access with and without the token, and a run to its end.
 */
export async function testPage(stack: Stack, { report }: TestSet): Promise<void> {
  await stack.up();
  const token = (await readFile(join(stack.keysDir, 'page.token'), 'utf8')).trim();
  await tryStrangers(stack.pageUrl, token, report);
  if (!existsSync(CHROMIUM)) {
    report.say(`the page is not opened: there is no ${CHROMIUM} on this machine`);
    return;
  }
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${stack.pageUrl}/?token=${token}`);
    const [cookie] = await page.context().cookies();
    report.check(
      'the token of the secret opens the page, and goes from the address into a cookie',
      page.url() === `${stack.pageUrl}/` &&
        cookie?.httpOnly === true &&
        cookie.sameSite === 'Strict',
      `${page.url()} ${JSON.stringify(cookie)}`,
    );
    await followBatch(page, stack, report);
    await lookAtResults(page, report);
  } finally {
    await browser.close();
  }
}

async function tryStrangers(url: string, token: string, report: Report): Promise<void> {
  const cookie = `cullstream_token_${new URL(url).port}=${token}`;
  const paths = ['/', '/api/v1/overview', '/api/v1/events', '/reports/x.html', '/?token=wrong'];
  const statuses = await Promise.all(paths.map((path) => readStatus(`${url}${path}`)));
  report.check(
    'without the token nothing of the page is served',
    statuses.every((status) => status === REFUSED.token),
    statuses.join(),
  );
  const attempts = [
    ['an unknown name', { host: 'page.example' }, REFUSED.host],
    ['a page of somebody else', { origin: 'http://page.example' }, REFUSED.origin],
    ['one at another port', { origin: 'http://127.0.0.1:1' }, REFUSED.origin],
    ['and its own page is served', {}, 200],
  ] as const;
  for (const [what, headers, expected] of attempts) {
    const status = await readStatus(`${url}/api/v1/live`, { ...headers, cookie });
    report.check(`with the token, ${what}: ${expected}`, status === expected, String(status));
  }
}

function readStatus(url: string, headers: OutgoingHttpHeaders = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      response.destroy();
      resolve(response.statusCode);
    });
    asked.once('error', reject).end();
  });
}

async function followBatch(page: Page, stack: Stack, report: Report): Promise<void> {
  const inState = (state: string) =>
    page.locator(`section.run[data-state="${state}"]`).first().waitFor();
  const batch = stack.cli('run', '--json');
  await inState('running');
  await page.getByRole('button', { name: 'Pause' }).click();
  await inState('paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await inState('running');
  report.check('a batch is seen, paused and resumed', true);
  await page.locator('.decision img.loaded').first().waitFor();
  report.check('its last decisions are seen as pictures', true);
  await inState('completed');
  const { stdout, output } = await batch;
  const { images, groups } = JSON.parse(stdout) as Summary;
  const figure = (name: string) =>
    page.locator(`[data-figure="${name}"] .value`).first().textContent();
  const shown = [await figure('Images'), await figure('Decided'), await figure('Failed')];
  report.check(
    `and followed to its end: ${images.total} images, ${groups.decided} groups`,
    shown.join() === ['100%', groups.decided, images.failed].join(),
    `${shown.join()} for ${output}`,
  );
}

async function lookAtResults(page: Page, report: Report): Promise<void> {
  await page.locator('a[href^="/reports/"]').first().waitFor();
  const href = (await page.locator('a[href^="/reports/"]').first().getAttribute('href')) ?? '';
  await page.goto(new URL(`/projects/${encodeURIComponent(LONG_PROJECT)}`, page.url()).href);
  await page.locator('.card img.loaded').first().waitFor();
  await page.locator('.open').first().click();
  await page.locator('.whole img.loaded').waitFor();
  await page.locator('.whole .outline.pick').waitFor();
  report.check('its gallery shows pictures, and a group with its crop', true);
  const opened = await page.goto(new URL(href, page.url()).href);
  report.check('its report is served', opened?.status() === 200, href);
}
