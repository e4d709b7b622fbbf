/**
 * Build step of the images: puts what one workspace needs at run time into a folder of its own.
 *
 *   node deploy/collect-service.js <workspace> <target folder>
 *
 * That is the built code of the workspace and of those it depends on, without types, maps and tests,
 * the packages npm names for it without the native code of other platforms, and the descriptions of
 * known models where it reads them, below `app` in the target folder. Expects in the current folder a
 * build, and installed packages; `.npmrc` there tells for which processor. Every file gets the time
 * SOURCE_DATE_EPOCH and the same rights, so that the same sources give the same bytes.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, lutimes, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';

const [workspace, target] = process.argv.slice(2);
if (workspace === undefined || target === undefined) {
  throw new Error('usage: collect-service.js <workspace> <target folder>');
}

const root = process.cwd();
const app = join(target, 'app');
const cpu = /^cpu=(\w+)$/m.exec(await readFile('.npmrc', 'utf8'))?.[1] ?? process.arch;
const packages = await packagesOf(workspace);
for (const path of packages) await copy(path);
for (const path of packages) if (await isLink(path)) await copyWorkspace(path);
await copy('package.json');
if (packages.includes('node_modules/@cullstream/inference')) await copy('models');
await dropForeignPlatforms(join(app, 'node_modules'));
await makeAlike(target, Number(process.env['SOURCE_DATE_EPOCH'] ?? 0));

/** Every package a workspace needs at run time, itself among them, by path; workspaces are links. */
async function packagesOf(name) {
  const args = ['ls', '--all', '--parseable', '--omit=dev', '--workspace', name];
  const { stdout } = await promisify(execFile)('npm', args);
  return stdout
    .trim()
    .split('\n')
    .map((path) => relative(root, path))
    .filter((path) => path !== '');
}

async function isLink(path) {
  return (await lstat(path)).isSymbolicLink();
}

function copy(path) {
  return cp(path, join(app, path), { recursive: true, verbatimSymlinks: true, filter });
}

/** What a workspace has at run time, at its own place. */
async function copyWorkspace(link) {
  const folder = relative(root, await realpath(link));
  for (const part of ['package.json', 'bin', 'dist', 'build']) {
    const path = join(folder, part);
    if (existsSync(path)) await copy(path);
  }
}

function filter(path) {
  if (/^licen[cs]e|^notice/i.test(basename(path))) return true;
  return !/\.(?:d\.[cm]?ts|[cm]?js\.map|d\.[cm]?ts\.map|tsbuildinfo|md|markdown)$/i.test(path);
}

/** The native code of every platform but the image's. */
async function dropForeignPlatforms(modules) {
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
async function keepOneDatabase(modules) {
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

/** What would tell builds apart: times, in seconds since 1970, and the rights of the checkout's user. */
async function makeAlike(folder, seconds) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  for (const path of [...paths, folder]) {
    const found = await lstat(path);
    const isProgram = found.isDirectory() || (found.mode & 0o100) !== 0;
    if (!found.isSymbolicLink()) await chmod(path, isProgram ? 0o755 : 0o644);
    await lutimes(path, seconds, seconds);
  }
}
