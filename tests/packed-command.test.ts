import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser, openPage } from './page/support/browser.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = 'better-sqlite3/build/Release/better_sqlite3.node';

let folder: string;
let packingErrors: string;
let command: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-packed-'));
  const packing = ['pack', '--workspace', 'cullstream', '--pack-destination', folder];
  packingErrors = (await run('npm', packing, { cwd: root })).stderr;
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const prefix = join(folder, 'installed');
  // What scripts would do takes minutes: SQLite, which they compile, is that of the checkout.
  const how = ['--global', '--ignore-scripts', '--prefer-offline', '--prefix', prefix];
  const certificates = { NODE_EXTRA_CA_CERTS: process.env['NPM_CERTIFICATES'] };
  const env = { ...process.env, ...certificates };
  await run('npm', ['install', ...how, join(folder, tarball)], { cwd: folder, env });
  const packages = join(prefix, 'lib/node_modules/cullstream/node_modules');
  mkdirSync(join(packages, compiled, '..'), { recursive: true });
  cpSync(join(root, 'node_modules', compiled), join(packages, compiled));
  command = join(prefix, 'bin/cullstream');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function readAddress({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = / at (http\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    stdout?.on('data', read);
    stderr?.on('data', read);
    stdout?.once('end', () => reject(new Error(said)));
  });
}

it('is packed without a warning, and leaves the checkout as it was', () => {
  expect(packingErrors).not.toContain('npm warn');
  for (const path of ['build/node_modules', 'node_modules/onnxruntime-node']) {
    expect(existsSync(join(root, 'apps/cli', path)), path).toBe(false);
  }
});

it('works where there is no checkout, with its data below the folder one stands in', async () => {
  const here = join(folder, 'here');
  mkdirSync(here);
  const { stdout } = await run(command, ['demo'], { cwd: here });
  expect(readdirSync(here)).toEqual(['demo']);
  expect(stdout).toContain('61 images: 61 embedded');
  expect(readdirSync(join(here, 'demo/data/training/ai_training_decisions'))).toContain(
    'aurora.db',
  );
});

describeInBrowser('the gallery of its demo', () => {
  it('is served by `view`, and shows every picture with its pick and crop', async () => {
    const args = ['view', '--data', join(folder, 'here/demo/data'), '--page-port', '0'];
    const view = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const browser = await launchBrowser();
    try {
      await using opened = await openPage(browser, { url: await readAddress(view) });
      const { page } = opened;
      for (const project of ['aurora', 'Winter Garden']) {
        await page.goto('/');
        await page.getByRole('link', { name: project }).first().click();
        const pictures = page.locator('.card .thumbnail');
        await pictures.first().waitFor();
        const groups = await page.locator('.card').count();
        await expect
          .poll(() => page.locator('.card img.loaded').count())
          .toBe(await pictures.count());
        expect(await page.locator('.card .thumbnail.pick').count()).toBe(groups);
        expect(await page.locator('.card .outline.pick').count()).toBe(groups);
      }
      expect(opened.errors).toEqual([]);
    } finally {
      await browser.close();
      view.kill();
    }
  });
});

it('compares finished images with the originals of the demo', async () => {
  const demo = join(folder, 'here/demo');
  const project = 'meadow';
  const [image = ''] = readdirSync(join(demo, 'originals', project), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('stage1_generated.png'));
  const finals = join(folder, 'finals');
  mkdirSync(join(finals, project), { recursive: true });
  cpSync(join(demo, 'originals', project, image), join(finals, project, basename(image)));
  const { stdout } = await run(command, [
    ...['truth', '--originals', join(demo, 'originals'), '--data', join(demo, 'data')],
    ...['--finals', finals, '--json'],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    projects: [{ project_id: project, approve: 1, methods: { exact: 1 }, failures: [] }],
  });
});

it('knows the published models', async () => {
  const { stdout } = await run(command, ['models', 'list'], { cwd: folder });
  expect(stdout).toContain('clip-vit-b-32');
});
