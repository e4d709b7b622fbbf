/**
 * Makes the pictures of the page in the README from the demo: `npm run screenshots`. Needs a
 * Chromium at the given path, or Debian's.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'apps/cli/bin/cullstream.js');
const pictures = join(root, 'docs/pictures');
const [executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
/** Pictures that must be loaded first. */
const DECISIONS = 3;
const PROJECT = 'Winter Garden';

const folder = await mkdtemp(join(tmpdir(), 'cullstream-screenshots-'));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const started: ChildProcess[] = [];
try {
  const demo = start('demo', '--dir', folder, '--page', 'on', '--page-port', '0');
  await take('page', await readAddress(demo, /watch it at (\S+)/), 'light', async (page) => {
    // A picture during the run: the demo takes seconds.
    await page.locator('.run > .bar:not([aria-valuenow="0"])').waitFor();
    signalEmbedder(demo, 'STOP');
    const loaded = page.locator('.decision img.loaded');
    await loaded.nth(DECISIONS - 1).waitFor();
  });
  signalEmbedder(demo, 'CONT');
  await new Promise((resolve) => demo.once('close', resolve));
  const view = start('view', '--data', join(folder, 'data'), '--page-port', '0');
  const url = new URL(`projects/${PROJECT}`, await readAddress(view, / at (http\S+)/));
  await take('gallery', url.href, 'light', untilDrawn);
  await take('group', url.href, 'dark', async (page) => {
    await untilDrawn(page);
    await page.locator('.open').nth(2).click();
    await page.locator('.whole img.loaded').waitFor();
    await page.locator('.preview img').first().waitFor();
  });
} finally {
  await browser.close();
  for (const child of started) child.kill();
  await rm(folder, { recursive: true, force: true });
}

function start(...args: string[]): ChildProcess {
  const environment = { ...process.env, CULL_WORKERS: '1' };
  const child = spawn(process.execPath, [command, ...args], { env: environment });
  started.push(child);
  return child;
}

function signalEmbedder({ pid }: ChildProcess, signal: 'STOP' | 'CONT'): void {
  spawnSync('pkill', [`-${signal}`, '--parent', String(pid), '--full', '/embedder/']);
}

/** The address that a command prints. */
function readAddress({ stdout, stderr }: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = pattern.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    stdout?.on('data', read);
    stderr?.on('data', read);
  });
}

async function untilDrawn(page: Page): Promise<void> {
  await page.locator('.card img.loaded').first().waitFor();
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
}

async function take(
  name: string,
  url: string,
  colorScheme: 'light' | 'dark',
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const viewport = { width: 1280, height: 760 };
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
  await openOnceServed(page, url);
  await prepare(page);
  await page.screenshot({ path: join(pictures, `${name}.jpg`), type: 'jpeg', quality: 82 });
  await page.close();
}

/** A run prints the address of its page before the page exists. */
async function openOnceServed(page: Page, url: string): Promise<void> {
  for (;;) {
    const isThere = await page.goto(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await page.waitForTimeout(100);
  }
}
