import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { makeFolder, withFileLock } from '@cullstream/files';
import {
  DigestMismatchError,
  findModelByDigest,
  importModel,
  type ModelDescriptor,
  type ModelRegistry,
} from '@cullstream/inference';
import { download, type DownloadOptions } from './download.js';
import { discardPart } from './part-file.js';

export interface PullOptions extends Pick<
  DownloadOptions,
  'retries' | 'stallMs' | 'retryDelayMs' | 'onProgress' | 'onRetry'
> {
  readonly modelsDir: string;
  readonly cacheDir: string;
  readonly registry: ModelRegistry;
  /** Address or file to use instead of where the model was published. */
  readonly from?: string | undefined;
  /** Base address of a mirror that has the files under their published names. */
  readonly mirror?: string | undefined;
  readonly onSource?: (source: string) => void;
}

export interface PulledModel {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  /** Where the model was downloaded from; undefined if it was there before. */
  readonly source: string | undefined;
}

type KnownFile = ModelDescriptor['files'][number] & { readonly sha256: string };

/**
 * Downloads a known model, checks its digest and imports it. One process at a time does this. An
 * interrupted download is continued by the next call.
 * @throws {ConfigurationError} when the name is unknown, or there is no address for it
 * @throws {DigestMismatchError} when the file has another digest; it is deleted
 * @throws {DownloadError} when the download failed; the received part is kept
 */
export async function pullModel(name: string, options: PullOptions): Promise<PulledModel> {
  const { modelsDir, cacheDir, registry, onSource } = options;
  const file = findKnownFile(name, options);
  const source = toSource(file, name, options);
  await makeFolder(modelsDir);
  const part = join(modelsDir, `.pull-${file.sha256.slice(0, 16)}-${file.name}`);
  const locks = join(cacheDir, 'models');
  await makeFolder(locks);
  return withFileLock(join(locks, `pull-${file.sha256.slice(0, 16)}.lck`), async () => {
    const present = await findModelByDigest(file.sha256, options);
    if (present !== undefined)
      return { name, sha256: file.sha256, path: present, source: undefined };
    onSource?.(source);
    const common = { modelsDir, cacheDir, registry, expectedSha256: file.sha256 };
    if (!isAddress(source)) {
      const { path } = await importModel({ ...common, file: source });
      return { name, sha256: file.sha256, path, source };
    }
    await download({ ...options, url: source, part });
    const { path } = await importModel({ ...common, file: part, take: 'move' }).catch(
      async (cause: unknown) => {
        await discardPart(part);
        throw cause instanceof DigestMismatchError
          ? new DigestMismatchError(`${source}: ${cause.message}; they were removed`, { cause })
          : cause;
      },
    );
    await discardPart(part);
    return { name, sha256: file.sha256, path, source };
  });
}

function findKnownFile(name: string, { registry, from }: PullOptions): KnownFile {
  const model = registry.findByName(name);
  if (model === undefined) {
    const names = registry.models.map((each) => each.name).join(', ');
    throw new ConfigurationError([`"${name}" is no known model; there are: ${names}`]);
  }
  const files = model.files.flatMap((file) =>
    file.sha256 === null ? [] : [{ ...file, sha256: file.sha256 }],
  );
  const named = files.find((file) => from?.endsWith(file.name) === true);
  const file = named ?? files.find(({ url }) => url !== null) ?? files[0];
  if (file !== undefined) return file;
  throw new ConfigurationError([
    `${name}: its digest is not known, so nothing could tell that the right bytes came; ` +
      'import a file of yours with `cullstream models import FILE`',
  ]);
}

function toSource(file: KnownFile, name: string, { from, mirror }: PullOptions): string {
  if (from !== undefined) return from;
  if (mirror !== undefined) return toAddress(file.name, mirror);
  if (file.url !== null) return file.url;
  throw new ConfigurationError([
    `${name} was not published: say where to take it from (‹from› URL or FILE, or ‹mirror› URL)`,
  ]);
}

function toAddress(fileName: string, mirror: string): string {
  if (isAddress(mirror) && URL.canParse(mirror)) {
    return new URL(encodeURIComponent(fileName), mirror.endsWith('/') ? mirror : `${mirror}/`).href;
  }
  throw new ConfigurationError([`‹mirror›: "${mirror}" is no address; it begins with https://`]);
}

function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
