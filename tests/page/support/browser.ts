import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { describe, it } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((path) => existsSync(path));

/** Tests in a real Chromium over real processes; elsewhere they say why they are skipped. */
export function describeInBrowser(name: string, body: () => void): void {
  if (process.platform === 'linux' && executablePath !== undefined)
    return void describe(name, body);
  describe(name, () => {
    it('needs Linux with a Chromium', ({ skip }) => {
      skip(`none of ${PLACES.join(', ')} is there: apt-get install chromium`);
    });
  });
}

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

const sizes = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

export interface PageOptions {
  readonly url: string;
  readonly size?: keyof typeof sizes;
  /** Lets a test bring code of its own. */
  readonly bypassCSP?: boolean;
}

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong in the page, in its own code or by its policy. */
  readonly errors: readonly string[];
}

export async function openPage(browser: Browser, options: PageOptions): Promise<TestPage> {
  const { url, size = 'desk', bypassCSP = false } = options;
  const context = await browser.newContext({
    viewport: sizes[size],
    bypassCSP,
    baseURL: url,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) errors.push(message.text());
  });
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What people with a screen reader, or who see little, would be kept from. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
}

/** By how many pixels a page is wider than its window. */
export function measureOverflow(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.body.getBoundingClientRect().width',
  );
}
