import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveDataFolder, type DataFolderPage } from '@cullstream/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser, openPage } from './support/browser.js';
import { measureWait } from './support/measure-wait.js';
import { writeLargeProject } from './support/large-project.js';

const GROUPS = 13_000;
const IMAGES = 40_000;
const OPENS_WITHIN_MS = 1_000;
const LONGEST_TASK_MS = 200;

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

describeInBrowser('a gallery of 13,000 groups', () => {
  let folder: string;
  let browser: Browser;
  let server: DataFolderPage;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-large-'));
    const data = join(folder, 'data');
    expect(await writeLargeProject(data, 'large', GROUPS)).toBe(IMAGES);
    browser = await launchBrowser();
    const place = { host: '127.0.0.1', port: 0, names: [], token: undefined };
    const cache = join(folder, 'cache');
    server = await serveDataFolder({ data, cache, originals: undefined, ...place });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens within a second, and scrolls to its end without a pause', async () => {
    await using opened = await openPage(browser, { url: server.url });
    const { page } = opened;
    await page.addInitScript(watchTasks);
    await page.goto('/');
    await page.getByRole('link', { name: 'large' }).waitFor();
    const wait = measureWait();
    const openedMs = await page.evaluate<number>(`new Promise((done) => {
      const from = performance.now();
      document.querySelector('.galleries a').click();
      const look = () =>
        document.querySelector('.card[data-index="0"]')
          ? done(performance.now() - from)
          : requestAnimationFrame(look);
      look();
    })`);
    // As it would be if the machine had nothing else to do.
    const busy = Math.max(wait, measureWait());
    expect(openedMs / busy).toBeLessThan(OPENS_WITHIN_MS);
    const tasks = await page.evaluate<number[]>(scrollThrough);
    expect(Math.max(0, ...tasks) / busy).toBeLessThan(LONGEST_TASK_MS);
    await page.locator(`.card[data-index="${GROUPS - 1}"]`).waitFor();
    // Only what is in sight is there.
    expect(await page.locator('.card').count()).toBeLessThan(60);
    expect(opened.errors).toEqual([]);
  });
});
