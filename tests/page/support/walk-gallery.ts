import type { GalleryProject, WebOverview } from '@cullstream/contracts/web';
import type { DataFolderPage } from '@cullstream/web';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SamplesCopy } from '../../support/samples.js';
import { findBarriers, measureOverflow, openPage } from './browser.js';
import { expectDrawn, readChosen, readDecisions } from './drawn-crops.js';
import { hostileNames } from './hostile-names.js';

interface Walked {
  readonly browser: Browser;
  readonly copy: SamplesCopy;
  /** Project whose names try everything. */
  readonly hostile: string;
  readonly serve: () => Promise<DataFolderPage>;
}

/** Two versions decided it. */
export const PROJECT = 'Patricia';
/** A person decided it before. */
const DECIDED_BEFORE = 'Kiara_Slender';

const focusedGroup = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>(
    `document.activeElement?.closest('[data-group]')?.dataset.group ?? null`,
  );

const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

async function readProject(url: string, project: string): Promise<Partial<GalleryProject>> {
  const response = await fetch(new URL('api/v1/overview', url));
  const { projects } = (await response.json()) as WebOverview;
  return projects.find((each) => each.project === project) ?? {};
}

/** The gallery of a run that has ended. */
export function walkGallery(toWalked: () => Walked): void {
  describe('the gallery', () => {
    let walked: Walked;
    let server: DataFolderPage;
    const open = (options: object = {}) =>
      openPage(walked.browser, { url: server.url, ...options });
    beforeAll(async () => {
      walked = toWalked();
      server = await walked.serve();
    });
    afterAll(() => server.close());

    it('draws every crop where the database has it, to the pixel', async () => {
      const rows = readDecisions(walked.copy, PROJECT);
      expect(rows.length).toBeGreaterThan(3);
      await using opened = await open();
      const { page } = opened;
      await page.goto(`/projects/${PROJECT}`);
      await page.locator('.open').first().click();
      const left = new Map(rows.map((row) => [row.group_id, row]));
      while (left.size > 0) {
        await page.locator('.whole img.loaded').waitFor();
        const group = search(page)['group'] ?? '';
        const row = left.get(group);
        if (row !== undefined) await expectDrawn(page, 'pick', row);
        left.delete(group);
        const next = page.getByRole('button', { name: 'Next group' });
        if (left.size > 0) await next.click();
      }
      expect(opened.errors).toEqual([]);
    });

    it('draws what the person chose and cropped beside it', async () => {
      const rows = readChosen(walked.copy, DECIDED_BEFORE);
      expect(rows.length).toBeGreaterThan(1);
      await using opened = await open();
      const { page } = opened;
      for (const row of rows.slice(0, 2)) {
        const query = new URLSearchParams({ group: row.group_id, image: String(row.index) });
        await page.goto(`/projects/${DECIDED_BEFORE}?${query.toString()}`);
        await page.locator('.whole img.loaded').waitFor();
        await expectDrawn(page, 'person', row);
      }
    });

    it('shows two versions side by side, and where they disagree', async () => {
      await using opened = await open();
      const { page } = opened;
      await page.goto(`/projects/${PROJECT}`);
      await page.getByLabel('Compare with').selectOption({ index: 1 });
      await page.locator('.card .tag.compared').first().waitFor();
      expect(search(page)['compare']).toMatch(/^[\da-f]+$/);
      const tags = page.locator('.card').first().locator('.tag');
      expect(await tags.allTextContents()).toEqual(expect.arrayContaining(['A', 'B']));
      await page.locator('[data-filter="versions-disagree"]').click();
      await page.locator('.open').first().click();
      const sides = page.locator('.choice-of');
      await sides.nth(1).waitFor();
      const [a, b] = await sides.locator('dl').allTextContents();
      expect(a).not.toBe(b);
    });

    it('is walked by keyboard, and gives the focus back', async () => {
      await using opened = await open();
      const { page } = opened;
      await page.goto(`/projects/${PROJECT}`);
      const first = page.locator('[data-index="0"] .open');
      await first.focus();
      await page.keyboard.press('ArrowRight');
      const second = await page.locator('[data-index="1"]').getAttribute('data-group');
      expect(await focusedGroup(page)).toBe(second);
      await page.keyboard.press('Enter');
      await page.locator('dialog.opened .whole img.loaded').waitFor();
      expect(search(page)).toEqual({ group: second, at: '1' });
      await page.keyboard.down(' ');
      await page.locator('.whole.zoomed').waitFor();
      await page.keyboard.up(' ');
      await page.locator('.whole:not(.zoomed)').waitFor();
      await page.keyboard.press('ArrowDown');
      const third = await page.locator('[data-index="2"]').getAttribute('data-group');
      expect(search(page)).toEqual({ group: third, at: '2' });
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowRight');
      expect(search(page)['at']).toMatch(/^[01]$/);
      for (let step = 0; step < 20; step += 1) await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.closest("[data-index]")')).toBeNull();
      const left = search(page)['group'];
      await page.keyboard.press('Escape');
      await page.locator('dialog.opened').waitFor({ state: 'detached' });
      await expect.poll(() => focusedGroup(page)).toBe(left);
      expect(search(page)).toEqual({});
    });

    it('finds the place of a group whose address is of an older list, or names none', async () => {
      await using opened = await open();
      const { page } = opened;
      await page.goto(`/projects/${PROJECT}`);
      const [second, third] = [1, 2].map((index) => page.locator(`[data-index="${index}"]`));
      const group = (await third?.getAttribute('data-group')) ?? '';
      const before = await second?.getAttribute('data-group');
      for (const at of ['&at=0', '']) {
        await page.goto(`/projects/${PROJECT}?group=${encodeURIComponent(group)}${at}`);
        await page
          .locator('dialog.opened .place')
          .filter({ hasText: /^3 of / })
          .waitFor();
        await page.keyboard.press('ArrowUp');
        expect(search(page)).toEqual({ group: before, at: '1' });
      }
    });

    it('has what is shown in its address, and goes back', async () => {
      await using opened = await open();
      const { page } = opened;
      await page.goto(`/projects/${PROJECT}`);
      const total = page.locator('.total');
      await page.getByRole('button', { name: /With failures/ }).click();
      await page.getByLabel('Order').selectOption('least-confident');
      expect(search(page)).toEqual({ show: 'failed', order: 'least-confident' });
      await page.goBack();
      await page.goBack();
      expect(search(page)).toEqual({});
      const group = await page.locator('[data-index="0"]').getAttribute('data-group');
      await page.getByRole('searchbox').fill(group ?? '');
      await page.waitForURL(/search=/);
      await page.locator('.total[data-total="1"]').waitFor();
      await page.reload();
      await page.locator('.total[data-total="1"]').waitFor();
      expect(await total.textContent()).toMatch(/^1 of \d+ groups$/);
    });

    it.each(['desk', 'phone'] as const)('shows hostile names as text, on a %s', async (size) => {
      await using opened = await open({ size });
      const { page } = opened;
      await page.goto(`/projects/${walked.hostile}`);
      await page.locator('.card img.loaded').first().waitFor();
      expect(await page.title()).toBe(`${walked.hostile} · Cullstream`);
      expect(await measureOverflow(page)).toBe(0);
      await page.locator('.open').first().click();
      const caption = page.locator('.caption .name');
      await page.keyboard.press('ArrowLeft');
      for (const _name of hostileNames) await page.keyboard.press('ArrowLeft');
      for (const name of hostileNames) {
        await expect.poll(() => caption.textContent()).toBe(name);
        expect(await measureOverflow(page)).toBe(0);
        await page.keyboard.press('ArrowRight');
      }
      expect(opened.errors).toEqual([]);
    });

    it.each(['desk', 'phone'] as const)(
      'keeps nobody out, by day and by night, on a %s',
      async (size) => {
        await using opened = await open({ size, bypassCSP: true });
        const { page } = opened;
        const look = async (): Promise<void> => {
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            expect(await findBarriers(page), `${page.url()} ${colorScheme}`).toEqual([]);
          }
          expect(await measureOverflow(page), page.url()).toBe(0);
          expect(await page.evaluate('document.getAnimations().length'), page.url()).toBe(0);
        };
        const { versions = [] } = await readProject(server.url, PROJECT);
        const compare = versions.find(({ isCurrent }) => !isCurrent)?.version ?? '';
        for (const path of [
          '/',
          `/projects/${PROJECT}`,
          `/projects/${PROJECT}?compare=${compare}`,
        ]) {
          await page.goto(path);
          await page.locator('.card img.loaded, .galleries').first().waitFor();
          await look();
        }
        await page.locator('.open').first().click();
        await page.locator('.whole img.loaded').waitFor();
        await look();
      },
    );
  });
}
