import type { Grey16 } from '../png/pixel-writer.js';
import type { PixelMemory } from './pixel-memory.js';

export interface DecodeOptions {
  /** How 16-bit grey PNGs are converted: Pillow turns most of them white, `upper` keeps the picture. */
  readonly grey16?: Grey16;
  /** CRC-32 of the bytes, where it was compared with them already, as of an entry of an archive. */
  readonly crc32?: number | undefined;
  /** Plain PNGs are decoded into it; the pixels of the one before are lost. */
  readonly memory?: PixelMemory;
}
