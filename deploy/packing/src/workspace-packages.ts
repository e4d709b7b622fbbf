import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const LICENCE = /^licen[cs]e|^notice/i;

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly type?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bundleDependencies?: readonly string[];
}

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Whether a file's name is that of a licence. */
export const isLicence = (name: string): boolean => LICENCE.test(name);

/**
 * Every package that a workspace depends on, and the workspace itself, by its path from the
 * checkout's root. Workspaces are links. Those of the command are development dependencies, because
 * they are bundled into its programs before it is packed.
 */
export async function listPackages(workspace: string, root: string): Promise<string[]> {
  const args = ['ls', '--all', '--parseable', '--workspace', workspace];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
  return stdout
    .trim()
    .split('\n')
    .map((path) => relative(root, path))
    .filter((path) => path !== '');
}

/** Paths of the licences in a package's folder. */
export async function licencesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isLicence).map((name) => join(folder, name));
}
