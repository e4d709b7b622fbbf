/**
 * To be run before the command is packed: copies the programs that it starts, the licences of the
 * packages that are bundled into them, and the descriptors of known models into its `build`, so
 * that the packed command works without a checkout (docs/adr/0018). With --remove, to be run after
 * packing: deletes them again, because a checkout starts the programs of its workspaces.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativePackages } from '../../../rolldown.config.js';
import { licencesIn, listPackages, readManifest, type Manifest } from './workspace-packages.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const command = join(root, 'apps/cli');
/** Node finds packages here for the command's build and everything below it. */
const modules = join(command, 'build/node_modules');
/** npm takes bundled packages from this folder. */
const bundled = join(command, 'node_modules');
/** macOS loads the library by its shorter name; this file is a second copy of it. */
const SECOND_COPY = /libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

const { bundleDependencies = [] } = await readManifest(command);
const places = bundleDependencies.map((name) => join(bundled, name));
for (const place of [modules, ...places]) await rm(place, { recursive: true, force: true });
if (!process.argv.includes('--remove')) await addAll();

async function addAll(): Promise<void> {
  if (!existsSync(join(command, 'build/main.js'))) {
    throw new Error('nothing is built yet: run `npm run build` first');
  }
  for (const name of bundleDependencies) await addBundled(name);
  await dropInstallScript(join(bundled, 'onnxruntime-node'));
  await cp(join(root, 'models'), join(modules, 'models'), { recursive: true });
  const packages = (await listPackages('cullstream', root)).filter(
    (path) => path.startsWith('node_modules/') && path !== 'node_modules/cullstream',
  );
  const joined: Joined[] = [];
  for (const path of packages) {
    const manifest = await readManifest(join(root, path));
    if (manifest.name.startsWith('@cullstream/')) await addPrograms(join(root, path), manifest);
    else if (!nativePackages.includes(manifest.name)) joined.push({ path, manifest });
  }
  await writeLicences(joined);
}

/**
 * onnxruntime-node's install script would download CUDA libraries from outside the registry. What a
 * processor needs is in the package, for every platform.
 */
async function dropInstallScript(target: string): Promise<void> {
  const manifest = await readManifest(target);
  const common = manifest.dependencies?.['onnxruntime-common'];
  // Undefined values are not written.
  const none = { scripts: undefined, devDependencies: undefined };
  const needed = { ...manifest, ...none, dependencies: { 'onnxruntime-common': common } };
  await writeFile(join(target, 'package.json'), `${JSON.stringify(needed, null, 2)}\n`);
}

/** Puts a copy of an installed package where npm bundles it from. */
async function addBundled(name: string): Promise<void> {
  const source = join(root, 'node_modules', name);
  const target = join(bundled, name);
  const filter = (path: string): boolean =>
    !SECOND_COPY.test(path) && path !== join(source, 'script');
  await cp(source, target, { recursive: true, filter });
}

/**
 * Copies the files of a workspace that other programs start or read, under the names that it
 * exports.
 */
async function addPrograms(folder: string, manifest: Manifest): Promise<void> {
  const { name, version, type, exports = {} } = manifest;
  if (!existsSync(join(folder, 'build'))) return;
  const target = join(modules, name);
  const built = Object.entries(exports).filter(
    ([key, path]) => key === './package.json' || String(path).startsWith('./build/'),
  );
  await mkdir(target, { recursive: true });
  await cp(join(folder, 'build'), join(target, 'build'), { recursive: true });
  const reduced = { name, version, type, exports: Object.fromEntries(built) };
  await writeFile(join(target, 'package.json'), `${JSON.stringify(reduced, null, 2)}\n`);
}

interface Joined {
  readonly path: string;
  readonly manifest: Manifest;
}

async function writeLicences(joined: readonly Joined[]): Promise<void> {
  const texts: string[] = [];
  for (const { path, manifest } of joined) {
    const files = await licencesIn(join(root, path));
    const parts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    texts.push(
      [`${manifest.name} ${manifest.version} (${manifest.license})`, ...parts].join('\n\n'),
    );
  }
  const rule = `\n\n${'='.repeat(80)}\n\n`;
  await writeFile(join(command, 'build/THIRD_PARTY_LICENCES.txt'), texts.join(rule));
}
