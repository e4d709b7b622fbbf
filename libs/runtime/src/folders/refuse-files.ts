import { stat } from 'node:fs/promises';
import { ConfigurationError, isBucketAddress } from '@cullstream/contracts';
import { toErrno } from '@cullstream/files';

const folders = ['originals', 'data', 'cache', 'registry'] as const;
/** Settings that name files which are read. Problems with written files are reported when writing. */
const files = [
  ...['config', 'inventory', 'embedder', 'ranker', 'crop', 'natsSeedFile', 'natsCaFile'],
] as const;

/**
 * Refuses settings that name a file instead of a folder, which would look like an empty folder, or a
 * folder instead of a file, and paths that cannot exist. This happens before anything is waited for.
 * @throws {ConfigurationError} with every such setting
 */
export async function refuseFiles(settings: object): Promise<void> {
  const problems = await Promise.all([
    ...folders.map((name) => lookAt(settings, name, 'folder')),
    ...files.map((name) => lookAt(settings, name, 'file')),
  ]);
  if (problems.flat().length > 0) throw new ConfigurationError(problems.flat());
}

async function lookAt(settings: object, name: string, wanted: 'file' | 'folder') {
  const path: unknown = Reflect.get(settings, name);
  if (typeof path !== 'string' || isBucketAddress(path)) return [];
  const facts = await stat(path).catch((error: unknown) => {
    return toErrno(error) === 'ENOTDIR' ? ('below a file' as const) : undefined;
  });
  if (facts === 'below a file') {
    return [`‹${name}›: ${path} cannot be: part of the path is a file`];
  }
  if (facts === undefined || facts.isDirectory() === (wanted === 'folder')) return [];
  return [`‹${name}›: ${path} is a ${wanted === 'file' ? 'folder' : 'file'}; name a ${wanted}`];
}
