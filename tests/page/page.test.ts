import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { serveDataFolder, type DataFolderPage } from '@cullstream/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findService, holdService, peakMb } from '../support/processes.js';
import { runCli, startCli, waitForText, type RunningCli } from '../support/run-cli.js';
import { copySamples, sampleModels, toArgs, type SamplesCopy } from '../support/samples.js';
import { describeInBrowser, findBarriers, launchBrowser, openPage } from './support/browser.js';
import { PROJECT, walkGallery } from './support/walk-gallery.js';
import { addHostileProject } from './support/hostile-names.js';

const HOSTILE = 'hostile';
const DONE_WITH_FAILURES = 1;
const CANCELLED = 5;
/** With a page open; over 10,000 images, and their galleries scrolled, it was 132. */
const REPORTER_MB = 250;

let copy: SamplesCopy;
let browser: Browser;
let run: RunningCli;
let url: string;

function addToInventory(project: string): void {
  const inventory = JSON.parse(readFileSync(copy.inventory, 'utf8')) as object[];
  writeFileSync(copy.inventory, JSON.stringify([...inventory, { project, source: project }]));
}

const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );

async function untilEnded(...services: string[]): Promise<void> {
  await waitFor(
    () => services.every((service) => findService(run.child.pid ?? 0, service).length === 0),
    { what: `${services.join(' and ')} to end`, timeoutMs: 20_000 },
  );
}

describeInBrowser('the page of a run', () => {
  beforeAll(async () => {
    copy = copySamples();
    await addHostileProject(copy.originals, HOSTILE);
    addToInventory(HOSTILE);
    run = startCli(['run', ...toArgs(copy), '--page-port', '0', '--json'], { CULL_PAGE: 'on' });
    browser = await launchBrowser();
    await waitForText(run, 'watch it at ');
    url = /watch it at (\S+)/.exec(run.stderr())?.[1] ?? '';
    await waitFor(() => answers(url), { what: 'the page', timeoutMs: 60_000 });
  });
  afterAll(async () => {
    await browser.close();
    run.child.kill('SIGKILL');
    rmSync(dirname(copy.data), { recursive: true, force: true });
  });

  it('follows it to its end through a killed reporter, a pause and another order', async () => {
    const pid = run.child.pid ?? 0;
    // However fast the machine is: nothing is embedded before all was looked at.
    const release = await holdService(pid, 'embedder');
    await using opened = await openPage(browser, { url });
    const { page } = opened;
    await page.goto('/');
    const section = page.locator('section.run');
    const inState = (state: string) => page.locator(`section.run[data-state="${state}"]`).waitFor();
    await inState('running');

    const [reporter = 0] = findService(pid, 'reporter');
    process.kill(reporter, 'SIGKILL');
    await page.locator('.lost:visible').waitFor();
    expect(await page.locator('.lost').textContent()).toContain('Connection lost at');
    await page.locator('.lost').waitFor({ state: 'hidden' });
    await inState('running');

    const last = section.locator('li[data-state="running"], li[data-state="waiting"]').last();
    const name = (await last.getAttribute('data-project')) ?? '';
    await last.getByRole('button', { name: `Process ${name} next` }).click();
    await section.locator(`li[data-project="${name}"] .badge.warn`, { hasText: 'next' }).waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await inState('paused');
    await untilEnded('predictor', 'writer');
    release();
    await untilEnded('embedder');
    await page.getByRole('button', { name: 'Resume' }).click();
    await inState('running');

    await page.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.locator('.decision img.loaded').first().waitFor();
    const peaksMb = findService(pid, 'reporter').map(peakMb);
    await inState('completed');
    const { exitCode, stdout, stderr } = await run.result;
    expect(exitCode, stderr).toBe(DONE_WITH_FAILURES);
    const { images, groups } = JSON.parse(stdout) as Record<string, Record<string, number>>;
    expect(peaksMb.length).toBeGreaterThan(0);
    expect(Math.max(...peaksMb)).toBeLessThan(REPORTER_MB);
    const figure = (named: string) =>
      section.locator(`[data-figure="${named}"] .value`).textContent();
    expect(await figure('Images')).toBe('100%');
    expect(await figure('Decided')).toBe(String(groups?.['decided']));
    expect(await figure('From the cache')).toBe(String(images?.['cached']));
    expect(await figure('Failed')).toBe(String(images?.['failed']));
    expect(opened.errors).toEqual([]);
  });

  it('tells a replay from the run that it is beside, and cancels what is asked twice', async () => {
    const { embedder, otherRanker, crop } = sampleModels;
    const args = ['--only', 'dalia', '--preprocess', 'fast', '--page-port', '0', '--json'];
    // Other pixels, so that there is work.
    run = startCli(['run', ...toArgs(copy), ...args], { CULL_PAGE: 'on' });
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    await waitForText(run, 'watch it at ');
    url = /watch it at (\S+)/.exec(run.stderr())?.[1] ?? '';
    await using opened = await openPage(browser, { url, bypassCSP: true });
    const { page } = opened;
    await page.goto('/');
    const batch = page.locator('section.run[aria-label^="run of"]');
    await batch.and(page.locator('[data-state="running"]')).waitFor();
    const replay = await runCli([
      ...['replay', '--originals', copy.originals, '--data', copy.data, '--project', PROJECT],
      ...['--from', 'embeddings', '--embedder', embedder, '--ranker', otherRanker],
      ...['--crop', crop, '--json'],
    ]);
    expect(replay.exitCode, replay.stderr).toBe(0);
    await page.locator('section.run[aria-label^="replay of"][data-state="completed"]').waitFor();
    expect(await batch.getAttribute('data-state')).toBe('running');
    await batch.getByRole('button', { name: 'Cancel…' }).click();
    const question = page.getByRole('dialog', { name: 'Cancel this run?' });
    expect(await findBarriers(page)).toEqual([]);
    await question.getByRole('button', { name: 'Cancel the run' }).click();
    await batch.and(page.locator('[data-state="cancelled"]')).waitFor();
    release();
    expect((await run.result).exitCode).toBe(CANCELLED);
  });

  walkGallery(() => ({ browser, copy, hostile: HOSTILE, serve }));
});

/** As \`view\` does it, once the run has ended. */
function serve(): Promise<DataFolderPage> {
  return serveDataFolder({
    data: copy.data,
    originals: copy.originals,
    cache: join(dirname(copy.data), 'thumbnails'),
    host: '127.0.0.1',
    port: 0,
    names: [],
    token: undefined,
  });
}
