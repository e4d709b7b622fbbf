import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sha256Hex } from '@cullstream/contracts';
import { makeFolder, openRegularFile, readRegularFile, writeFileAtomic } from '@cullstream/files';
import { z } from 'zod';
import { filesOfModel } from './model-files.js';

const remembered = z.record(
  z.string(),
  z.object({ sizeBytes: z.number(), modifiedMs: z.number(), sha256: sha256Hex }),
);
type Remembered = z.infer<typeof remembered>;

/** Files that are remembered: every command reads them all. */
const MOST_FILES = 200;

/** SHA-256 of a file, in lower-case hex. Reads the whole file, in chunks. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const { handle } = await openRegularFile(path);
  await pipeline(handle.createReadStream({ highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/**
 * The SHA-256 that identifies a model: that of its file or, where the file refers to external data,
 * that of the list of the digests of all its files, one per line.
 */
export async function sha256OfModel(path: string, digests: DigestCache): Promise<string> {
  const files = await filesOfModel(path);
  return toModelDigest(await inTurn(files, (file) => digests.readSha256(file)));
}

/** The digest of a model from those of its files, the model file first. */
export function toModelDigest([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return createHash('sha256')
    .update([first, ...others].join('\n'))
    .digest('hex');
}

async function inTurn<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/**
 * SHA-256 of files, cached in `digests.json` below `cacheDir` by path, size and modification time,
 * so that a second run does not read 350 MB again. It holds the last {@link MOST_FILES} that were read.
 * Where the cache cannot be read or written, the digest is computed again.
 */
export class DigestCache {
  readonly #path: string;

  constructor(cacheDir: string) {
    this.#path = join(cacheDir, 'digests.json');
  }

  async readSha256(path: string): Promise<string> {
    const key = resolve(path);
    const { size: sizeBytes, mtimeMs: modifiedMs } = await stat(key);
    const known = (await this.#read())[key];
    if (known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs) return known.sha256;
    const sha256 = await sha256OfFile(key);
    await this.#remember(key, { sizeBytes, modifiedMs, sha256 });
    return sha256;
  }

  /** Files by their paths, with the digests they had. */
  async list(): Promise<[path: string, sha256: string][]> {
    return Object.entries(await this.#read()).map(([path, { sha256 }]) => [path, sha256]);
  }

  async #read(): Promise<Remembered> {
    try {
      return remembered.parse(JSON.parse((await readRegularFile(this.#path)).toString('utf8')));
    } catch {
      return {};
    }
  }

  async #remember(key: string, value: Remembered[string]): Promise<void> {
    const others = Object.entries(await this.#read()).filter(([path]) => path !== key);
    const newest = Object.fromEntries([...others, [key, value] as const].slice(-MOST_FILES));
    await makeFolder(join(this.#path, '..'));
    await writeFileAtomic(this.#path, `${JSON.stringify(newest, null, 1)}\n`);
  }
}
