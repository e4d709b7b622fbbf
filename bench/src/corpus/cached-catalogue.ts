import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openEmbeddingCache, type StoreRequest } from '@cullstream/cache';
import { PackedSegment } from '@cullstream/cache/testing';
import { EMBEDDING_LENGTH, type VectorForm } from '@cullstream/contracts';
import { chooseEmbedder, writeDemoModels, type DemoModels } from '@cullstream/inference';
import { seededRandom, writeZip, type Random, type ZipEntry } from '@cullstream/examples';
import { silentLog } from '@cullstream/testing';
import { imageNameAt } from './image-names.js';

export interface CachedCatalogue {
  readonly originals: string;
  /** A data folder with only the embedding cache. It is copied, and no run works in it. */
  readonly data: string;
  readonly models: DemoModels;
  readonly images: number;
}

const SIZE_PX = 1_024;

/**
 * Archives whose images are never read, because all their vectors are cached. Made once in a folder
 * and reused from then on. The images' bytes are text, so a run that reads one fails.
 */
export async function makeCachedCatalogue(
  folder: string,
  images: number,
  projects: number,
  vectors: VectorForm = 'files',
): Promise<CachedCatalogue> {
  const form = vectors === 'files' ? '' : `-${vectors}`;
  const place = join(folder, `cached-${images}-in-${projects}${form}`);
  if (!existsSync(place)) {
    const unfinished = `${place}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await fill(unfinished, images, projects, vectors);
    await rename(unfinished, place);
  }
  return await catalogueIn(place, images);
}

async function catalogueIn(place: string, images: number): Promise<CachedCatalogue> {
  return {
    originals: join(place, 'originals'),
    data: join(place, 'data'),
    models: await writeDemoModels(join(place, 'models')),
    images,
  };
}

async function fill(
  place: string,
  images: number,
  projects: number,
  vectors: VectorForm,
): Promise<void> {
  const { originals, data, models } = await catalogueIn(place, images);
  await mkdir(originals, { recursive: true });
  const { recipe } = await chooseEmbedder({
    dataDir: data,
    cacheDir: join(place, 'cache'),
    embedder: models.embedder,
    preprocess: 'exact',
    precision: 'fp32',
  });
  const cache = await openEmbeddingCache({ dataDir: data, recipe, vectors, log: silentLog });
  const random = seededRandom(images);
  for (let number = 0; number < projects; number++) {
    const project = `cached-${String(number).padStart(2, '0')}`;
    const first = Math.floor((number * images) / projects);
    const end = Math.floor(((number + 1) * images) / projects);
    const entries: ZipEntry[] = [];
    const segment =
      vectors === 'packed' ? new PackedSegment(data, recipe.id, toSegmentName(number)) : undefined;
    for (let index = first; index < end; index++) {
      const bytes = Buffer.from(`not a picture: ${index}`);
      const name = imageNameAt(index - first);
      entries.push({ name, bytes });
      const image: StoreRequest = {
        alias: { project, entry: name, size: bytes.length, crc32: crc32(bytes) },
        sha256: createHash('sha256').update(bytes).digest('hex'),
        widthPx: SIZE_PX,
        heightPx: SIZE_PX,
        vector: someVector(random),
        run: 'an-earlier-run',
        origin: 'computed',
      };
      if (segment === undefined) await cache.store(image);
      else segment.add(image);
    }
    segment?.close();
    await writeZip(join(originals, `${project}.zip`), entries, { stored: true });
  }
}

/** As an embedder names its files: when it began, its process, and a random part. */
function toSegmentName(number: number): string {
  return `20260101T${String(number).padStart(6, '0')}000Z-1-aaaaaaaa`;
}

function someVector(random: Random): Float32Array {
  return Float32Array.from({ length: EMBEDDING_LENGTH }, () => random() - 0.5);
}
