import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDataFolder } from '@cullstream/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser, openPage } from './support/browser.js';
import { writeLargeProject } from './support/large-project.js';

const GROUPS = 13_000;
const IMAGES = 40_000;
const OPENS_WITHIN_MS = 1_000;
const LONGEST_TASK_MS = 200;
/** Other tests work on the same machine: what one of several attempts takes is not theirs. */
const ATTEMPTS = 6;

/** Keeps how long each task took that was noticeable, in milliseconds. */
const watchTasks = `
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.tasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
`;

/** Goes through the whole page, as fast as a scrollbar is dragged. */
const scrollThrough = `new Promise((done) => {
  const end = document.documentElement.scrollHeight;
  let top = 0;
  const step = () => {
    top += end / 90;
    scrollTo(0, top);
    if (top < end) requestAnimationFrame(step);
    else done(window.tasks);
  };
  step();
})`;

const openFirst = `new Promise((done) => {
  const from = performance.now();
  document.querySelector('.galleries a').click();
  const look = () =>
    document.querySelector('.card[data-index="0"]')
      ? done(performance.now() - from)
      : requestAnimationFrame(look);
  look();
})`;

describeInBrowser('a gallery of 13,000 groups', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-large-'));
    expect(await writeLargeProject(join(folder, 'data'), 'large', GROUPS)).toBe(IMAGES);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With nothing kept of an attempt before. */
  async function attempt(): Promise<{ openedMs: number; longestTaskMs: number }> {
    const [data, cache] = [join(folder, 'data'), join(folder, 'cache')];
    const place = { host: '127.0.0.1', port: 0, names: [], token: undefined };
    const server = await serveDataFolder({ data, cache, originals: undefined, ...place });
    await using _closing = { [Symbol.asyncDispose]: () => server.close() };
    await using opened = await openPage(browser, { url: server.url });
    const { page } = opened;
    await page.addInitScript(watchTasks);
    await page.goto('/');
    await page.getByRole('link', { name: 'large' }).waitFor();
    const openedMs = await page.evaluate<number>(openFirst);
    const tasks = await page.evaluate<number[]>(scrollThrough);
    await page.locator(`.card[data-index="${GROUPS - 1}"]`).waitFor();
    // Only what is in sight is there.
    expect(await page.locator('.card').count()).toBeLessThan(60);
    expect(opened.errors).toEqual([]);
    return { openedMs, longestTaskMs: Math.max(0, ...tasks) };
  }

  it('opens within a second, and scrolls to its end without a pause', async () => {
    let [openedMs, longestTaskMs] = [Infinity, Infinity];
    for (let left = ATTEMPTS; left > 0; left -= 1) {
      const took = await attempt();
      openedMs = Math.min(openedMs, took.openedMs);
      longestTaskMs = Math.min(longestTaskMs, took.longestTaskMs);
      if (openedMs < OPENS_WITHIN_MS && longestTaskMs < LONGEST_TASK_MS) return;
    }
    expect.fail(`it opens in ${openedMs} ms, and its longest task takes ${longestTaskMs} ms`);
  });
});
