/**
 * Build step of the images: puts what one workspace needs at run time into a folder of its own.
 *
 *   node deploy/collect-service.js <workspace folder> <target folder>
 *
 * That is the built code of the workspace and of those it depends on, without types, maps and tests,
 * its installed packages without the native code of other platforms, and the descriptions of known
 * models where it reads them. Expects in the current folder a build, and packages installed for this
 * workspace alone.
 */
import { cp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';

const [workspace, target] = process.argv.slice(2);
if (workspace === undefined || target === undefined) {
  throw new Error('usage: collect-service.js <workspace folder> <target folder>');
}

const folders = await workspaceFolders();
const needed = await closure(workspace);
for (const folder of needed) {
  for (const part of ['package.json', 'bin', 'dist', 'build']) {
    const from = join(folder, part);
    if (existsSync(from)) await cp(from, join(target, folder, part), { recursive: true, filter });
  }
}
await cp('node_modules', join(target, 'node_modules'), {
  recursive: true,
  verbatimSymlinks: true,
  filter,
});
await cp('package.json', join(target, 'package.json'));
if (needed.includes(folders.get('@cullstream/inference'))) {
  await cp('models', join(target, 'models'), { recursive: true, filter });
}
await dropForeignLinks(join(target, 'node_modules'));
await dropForeignPlatforms(join(target, 'node_modules'));

/** Folder of each workspace, by package name. */
async function workspaceFolders() {
  const found = new Map();
  for (const group of ['apps', 'libs']) {
    for (const name of await readdir(group)) {
      const { name: packageName } = await manifest(join(group, name));
      found.set(packageName, join(group, name));
    }
  }
  return found;
}

async function manifest(folder) {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

async function closure(start) {
  const seen = new Set();
  const left = [start];
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    const { dependencies = {} } = await manifest(folder);
    for (const name of Object.keys(dependencies)) {
      const next = folders.get(name);
      if (next !== undefined) left.push(next);
    }
  }
  return [...seen];
}

function filter(path) {
  if (/^licen[cs]e|^notice/i.test(basename(path))) return true;
  return !/\.(?:d\.[cm]?ts|[cm]?js\.map|d\.[cm]?ts\.map|tsbuildinfo|md|markdown)$/i.test(path);
}

/** Links to workspaces that are not in the image. */
async function dropForeignLinks(modules) {
  for (const entry of await readdir(modules, { withFileTypes: true })) {
    const path = join(modules, entry.name);
    if (entry.name.startsWith('@')) await dropForeignLinks(path);
    if (entry.isSymbolicLink() && !existsSync(resolve(modules, await readlink(path)))) {
      await rm(path);
    }
  }
}

/** The native code of every platform but this one. */
async function dropForeignPlatforms(modules) {
  const onnx = join(modules, 'onnxruntime-node', 'bin');
  for (const api of existsSync(onnx) ? await readdir(onnx) : []) {
    for (const platform of await readdir(join(onnx, api))) {
      for (const arch of await readdir(join(onnx, api, platform))) {
        if (platform !== process.platform || arch !== process.arch) {
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
    if (prebuilt !== `${process.platform}-${process.arch}.node`) {
      await rm(join(newer, 'prebuilds', prebuilt));
    }
  }
  const dropped = ['better-sqlite3', 'better-sqlite3-napi/deps', 'better-sqlite3-napi/src'];
  for (const name of dropped) await rm(join(modules, name), { recursive: true, force: true });
}
