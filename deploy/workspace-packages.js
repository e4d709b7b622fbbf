import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const LICENCE = /^licen[cs]e|^notice/i;

/** Whether a file's name is that of a licence. */
export const isLicence = (name) => LICENCE.test(name);

/**
 * Every package that a workspace is made of, itself among them, by its path from the checkout's root.
 * Workspaces are links. The command's are development dependencies, for its programs are joined with
 * them before it is packed.
 */
export async function packagesOf(workspace, root) {
  const args = ['ls', '--all', '--parseable', '--workspace', workspace];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
  return stdout
    .trim()
    .split('\n')
    .map((path) => relative(root, path))
    .filter((path) => path !== '');
}

/** Paths of the licences in a package's folder. */
export async function licencesIn(folder) {
  return (await readdir(folder)).filter(isLicence).map((name) => join(folder, name));
}
