import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, isBucketAddress, toBucketAddress } from '@cullstream/contracts';
import { toVariableName } from '../settings.js';
import { folderIdentity, listAncestorIdentities, resolvePath } from './folder-identity.js';
import { nameTarget, OPERAND, targetSettings } from './target-settings.js';

/** Settings that name folders which are written. */
const writtenFolders = ['data', 'cache'] as const;
/** What is written below a data folder; each of them may be a link to another place. */
const belowData = [
  '.cullstream',
  'ai_data',
  'ai_data/cache',
  'ai_data/embeddings',
  'ai_data/models',
  'training',
  'training/ai_training_decisions',
];

/** Settings of any command or service. */
type Settings = Readonly<Record<string, unknown>>;

/**
 * Refuses folders to be written that are the originals, contain them, or are below them, also by links,
 * mounts or other upper and lower case in their paths; and files to be written that are below them. This
 * holds even if the originals do not exist, since their disk may be unplugged. Folders that projects link
 * to are originals, too. Where the originals are in a bucket, embeddings in it that are below them are refused.
 * Settings without originals are accepted.
 * @throws {ConfigurationError} with every such setting
 */
export function refuseWritesIntoOriginals(settings: Settings): void {
  const { originals } = settings;
  if (typeof originals !== 'string') return;
  if (isBucketAddress(originals)) {
    refuseVectorsAmong(originals, settings['vectors']);
    return;
  }
  const root = resolvePath(originals).path;
  const places = [root, ...linkedProjects(root)];
  const problems = new Map<string, string>();
  for (const written of toWrite(settings)) {
    const [clash] = places.flatMap((place) => findClash(written, place) ?? []);
    if (clash === undefined || problems.has(written.setting)) continue;
    problems.set(written.setting, toProblem(written, originals, clash));
  }
  if (problems.size > 0) throw new ConfigurationError([...problems.values()]);
}

function refuseVectorsAmong(originals: string, vectors: unknown): void {
  if (typeof vectors !== 'string' || !isBucketAddress(vectors)) return;
  const from = toBucketAddress(originals);
  const to = toBucketAddress(vectors, 'vectors');
  if (from.bucket !== to.bucket || !to.prefix.startsWith(from.prefix)) return;
  throw new ConfigurationError([
    `‹vectors›: ${vectors} is among the originals, ${originals}, where nothing is ever written; ` +
      'choose another prefix or bucket',
  ]);
}

interface Written {
  readonly setting: string;
  /** The path as it was given. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** The folders and files that are written; a folder comes before what is in it. */
function toWrite(settings: Settings): Written[] {
  const given = (setting: string, isFolder: boolean): Written[] => {
    const path = settings[setting];
    return typeof path === 'string' ? [{ setting, path, isFolder }] : [];
  };
  const folders = writtenFolders.flatMap((setting) => given(setting, true));
  const [data] = folders.filter(({ setting }) => setting === 'data');
  const parts = data === undefined ? [] : belowData.map((part) => join(data.path, part));
  return [
    ...folders,
    ...parts.map((path): Written => ({ setting: 'data', path, isFolder: true })),
    ...targetSettings.flatMap((setting) => given(setting, false)),
  ];
}

interface Clash {
  readonly relation: 'is' | 'lies below' | 'contains';
  /** The written path with all links resolved. */
  readonly path: string;
}

/** How a path to be written overlaps with a folder of originals; undefined if it does not. */
function findClash({ path: given, isFolder }: Written, folder: string): Clash | undefined {
  const { path } = resolvePath(given);
  const target = folderIdentity(folder);
  const line = listAncestorIdentities(path);
  if (line[0] === target) return { relation: 'is', path };
  if (line.includes(target)) return { relation: 'lies below', path };
  const contains = isFolder && listAncestorIdentities(folder).includes(folderIdentity(path));
  return contains ? { relation: 'contains', path } : undefined;
}

function toProblem(
  { setting, path: given }: Written,
  originals: string,
  { relation, path }: Clash,
): string {
  const where = path === given ? given : `${given} (${path})`;
  const by = setting === OPERAND ? '' : ` with ‹${setting}› or ${toVariableName(setting)}`;
  return (
    `${nameTarget(setting)}: ${where} ${relation} the folder of the originals, ${originals}, where ` +
    `nothing is ever written; choose one elsewhere${by}`
  );
}

/**
 * Folders that links directly below the originals lead to. A link to a folder that contains the originals
 * is a loop and is left out.
 */
function linkedProjects(originals: string): string[] {
  const above = listAncestorIdentities(originals);
  return readEntries(originals)
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => resolvePath(join(originals, entry.name)))
    .filter(({ path, existing }) => path === existing && statSync(path).isDirectory())
    .map(({ path }) => path)
    .filter((path) => !above.includes(folderIdentity(path)));
}

function readEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Reading the originals later will report why they cannot be read.
    return [];
  }
}
