import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { openRegularFileSync } from '@cullstream/files';
import { programFolder } from './data-lock.js';
import { folderIdentity, listAncestorIdentities, resolvePath } from './folder-identity.js';
import { nameTarget, targetSettings } from './target-settings.js';

/** Folders below a data folder with files that only commands for them change. */
const kept = [
  programFolder,
  'ai_data/cache',
  'ai_data/embeddings',
  'ai_data/models',
  'training/ai_training_decisions',
];

/** How files begin that no command writes where a user names a file, and what they are. */
const signatures: readonly (readonly [bytes: string, what: string])[] = [
  ['SQLite format 3\0', 'a database'],
  // Checkpoints of PyTorch are such archives, too.
  ['PK\u0003\u0004', 'a zip archive'],
  ['\u0089PNG', 'an image'],
  ['\u00FF\u00D8\u00FF', 'an image'],
];
const LONGEST = Math.max(...signatures.map(([bytes]) => bytes.length));

/**
 * Refuses files to be written that lie where a data folder has its own files, whether they exist or not, and
 * files to be replaced that are a database, an archive or an image: those are never what a command has
 * written there before.
 * @param settings of any command, with the operand that names a file to write as `file`
 * @throws {ConfigurationError} with every such setting
 */
export function refuseReplacing(settings: Readonly<Record<string, unknown>>): void {
  const { data } = settings;
  const folders = typeof data === 'string' ? kept.map((part) => join(data, part)) : [];
  const problems = targetSettings.flatMap((setting) => {
    const target = settings[setting];
    if (typeof target !== 'string') return [];
    const problem = findFolder(target, folders) ?? findContent(target);
    return problem === undefined
      ? []
      : [`${nameTarget(setting)}: ${target} ${problem}; name another file`];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function findFolder(target: string, folders: readonly string[]): string | undefined {
  const line = listAncestorIdentities(resolvePath(target).path);
  const folder = folders.find((each) => line.includes(folderIdentity(resolvePath(each).path)));
  return folder && `lies in ${folder}, where cullstream keeps its own files`;
}

function findContent(target: string): string | undefined {
  const start = readStart(target);
  const [, what] = signatures.find(([bytes]) => start.startsWith(bytes)) ?? [];
  return what && `is ${what}, which is never replaced`;
}

/** The first bytes of a regular file as latin1; empty if there is none that can be read. */
function readStart(path: string): string {
  const start = Buffer.alloc(LONGEST);
  try {
    const file = openRegularFileSync(path);
    try {
      return start.toString('latin1', 0, readSync(file, start, 0, LONGEST, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    // Writing reports why the file cannot be used. Pipes and devices are not read.
    return '';
  }
}
