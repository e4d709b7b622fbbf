import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreRequest } from '../cache-types.js';
import { encodeIndexLine } from '../index-line.js';
import { LOG_ENDING, VECTORS_ENDING } from '../packed/segment-names.js';
import { toVectorChecksum } from '../vector-checksum.js';

const IMAGES_A_WRITE = 1_024;

/**
 * Packed vectors and their lines in a data folder, as an embedder leaves them. Storing each image in
 * the cache would take most of the time of making millions.
 */
export class PackedSegment {
  readonly #name: string;
  readonly #recipeId: string;
  readonly #vectorFile: number;
  readonly #lineFile: number;
  #vectors: Uint8Array[] = [];
  #lines: string[] = [];
  #row = 0;

  /** @param name of both files, without their endings; only one segment has it */
  constructor(data: string, recipeId: string, name: string) {
    const below = `ai_data/embeddings/packed/${recipeId}`;
    const folder = join(data, below);
    mkdirSync(folder, { recursive: true });
    this.#name = `data/${below}/${name}${VECTORS_ENDING}`;
    this.#recipeId = recipeId;
    this.#vectorFile = openSync(join(folder, name + VECTORS_ENDING), 'wx');
    this.#lineFile = openSync(join(folder, name + LOG_ENDING), 'wx');
  }

  add({ vector, ...image }: StoreRequest): void {
    this.#vectors.push(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    this.#lines.push(
      encodeIndexLine({
        ...image,
        recipeId: this.#recipeId,
        embeddingFile: this.#name,
        vectorRow: this.#row,
        vectorCrc32: toVectorChecksum(vector),
      }),
    );
    this.#row += 1;
    if (this.#lines.length === IMAGES_A_WRITE) this.#write();
  }

  close(): void {
    this.#write();
    closeSync(this.#vectorFile);
    closeSync(this.#lineFile);
  }

  #write(): void {
    writeSync(this.#vectorFile, Buffer.concat(this.#vectors));
    writeSync(this.#lineFile, this.#lines.join(''));
    [this.#vectors, this.#lines] = [[], []];
  }
}
