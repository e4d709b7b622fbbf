/**
 * Build step of the images: puts what one workspace needs at run time into a folder of its own.
 *
 *   node deploy/packing/dist/collect-service.js <workspace> <target folder>
 *
 * These are its programs and those of the workspaces that it depends on, the packages with native
 * code that they load (for one platform only), the licences of the bundled packages, and the
 * descriptors of known models where it reads them. They are put below `app` in the target folder.
 * The current folder must contain a build and installed packages; `.npmrc` there states the
 * processor. Every file gets the time SOURCE_DATE_EPOCH and the same permissions, so that the same
 * sources give the same bytes.
 */
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, lutimes, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { nativePackages } from '../../../rolldown.config.js';
import { isLicence, licencesIn, listPackages, readManifest } from './workspace-packages.js';

const [workspace, target] = process.argv.slice(2);
if (workspace === undefined || target === undefined) {
  throw new Error('usage: collect-service.js <workspace> <target folder>');
}

const root = process.cwd();
const app = join(target, 'app');
const cpu = /^cpu=(\w+)$/m.exec(await readFile('.npmrc', 'utf8'))?.[1] ?? process.arch;
const packages = await listPackages(workspace, root);
const loaded = await loadedFrom(packages);
for (const path of packages) {
  if (await isLink(path)) await copyWorkspace(path);
  else if (loaded.has(path)) await copy(path, isNeeded);
  else await copyLicences(path);
}
await copy('package.json');
if (packages.includes('node_modules/@cullstream/inference')) await copy('models');
await dropForeignPlatforms(join(app, 'node_modules'));
await makeAlike(target, Number(process.env['SOURCE_DATE_EPOCH'] ?? 0));

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}

/** The packages with native code among them, and those that they need: programs load them as they are. */
async function loadedFrom(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const add = async (path: string): Promise<void> => {
    if (found.has(path)) return;
    found.add(path);
    const manifest = await readManifest(path);
    const needed = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const name of Object.keys(needed)) {
      const places = [join(path, 'node_modules', name), join('node_modules', name)];
      const place = places.find((each) => paths.includes(each));
      if (place !== undefined) await add(place);
    }
  };
  for (const path of nativePackages.map((name) => join('node_modules', name))) {
    if (paths.includes(path)) await add(path);
  }
  return found;
}

function copy(path: string, filter: (path: string) => boolean = () => true): Promise<void> {
  return cp(path, join(app, path), { recursive: true, verbatimSymlinks: true, filter });
}

/** Copies the files of a workspace that are needed at run time, and makes the link to it. */
async function copyWorkspace(link: string): Promise<void> {
  await copy(link);
  const folder = relative(root, await realpath(link));
  for (const part of ['package.json', 'bin', 'build', 'index.cjs']) {
    const path = join(folder, part);
    if (existsSync(path)) await copy(path);
  }
}

async function copyLicences(path: string): Promise<void> {
  for (const file of await licencesIn(path)) await copy(file);
}

function isNeeded(path: string): boolean {
  if (isLicence(basename(path))) return true;
  return !/\.(?:d\.[cm]?ts|[cm]?js\.map|d\.[cm]?ts\.map|tsbuildinfo|md|markdown)$/i.test(path);
}

/** The native code of every platform but the image's. */
async function dropForeignPlatforms(modules: string): Promise<void> {
  const onnx = join(modules, 'onnxruntime-node', 'bin');
  for (const api of existsSync(onnx) ? await readdir(onnx) : []) {
    for (const platform of await readdir(join(onnx, api))) {
      for (const arch of await readdir(join(onnx, api, platform))) {
        if (platform !== 'linux' || arch !== cpu) {
          await rm(join(onnx, api, platform, arch), { recursive: true });
        }
      }
    }
  }
  await keepOneDatabase(modules);
}

/** The newer build of SQLite suits the Node of the images; the older one and its installer go. */
async function keepOneDatabase(modules: string): Promise<void> {
  const newer = join(modules, 'better-sqlite3-napi');
  if (!existsSync(newer)) {
    if (existsSync(join(modules, 'better-sqlite3'))) {
      throw new Error('better-sqlite3-napi is not installed: build with Node 22.14 or newer');
    }
    return;
  }
  for (const prebuilt of await readdir(join(newer, 'prebuilds'))) {
    if (prebuilt !== `linux-${cpu}.node`) {
      await rm(join(newer, 'prebuilds', prebuilt));
    }
  }
  const dropped = ['better-sqlite3', 'better-sqlite3-napi/deps', 'better-sqlite3-napi/src'];
  for (const name of dropped) await rm(join(modules, name), { recursive: true, force: true });
}

/**
 * Removes differences between builds: times, in seconds since 1970, and permissions of the
 * checkout's user.
 */
async function makeAlike(folder: string, seconds: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [...paths, folder]) {
    const found = await lstat(path);
    const isProgram = found.isDirectory() || (found.mode & 0o100) !== 0;
    if (!found.isSymbolicLink()) await chmod(path, isProgram ? 0o755 : 0o644);
    await lutimes(path, seconds, seconds);
  }
}
