import type { ImageSource } from '@cullstream/contracts';

/**
 * What an image can be recognised by without reading its bytes: where it stands, its size in bytes
 * and, in an archive, its CRC-32 (in a folder, its modification time in milliseconds since 1970).
 */
export type ImageAlias = {
  readonly project: string;
  /** Name of the entry in its archive, or path of the file below originals, with `/`. */
  readonly entry: string;
  readonly size: number;
} & ({ readonly crc32: number } | { readonly modifiedMs: number });

/** The alias of an image as its events describe it: `image` names it, `source` says where it is. */
export function toImageAlias(project: string, image: string, source: ImageSource): ImageAlias {
  const { size } = source;
  return source.kind === 'zip-entry'
    ? { project, entry: image, size, crc32: source.crc32 }
    : { project, entry: image, size, modifiedMs: source.modifiedMs };
}

/** Equal for equal aliases only: no project's name holds a line feed, and the entry comes last. */
export function toAliasKey(alias: ImageAlias): string {
  const version = 'crc32' in alias ? `c${alias.crc32}` : `m${alias.modifiedMs}`;
  return `${alias.project}\n${alias.size}\n${version}\n${alias.entry}`;
}
