export { type Picture, drawPicture } from './draw-picture.js';
export {
  type ExampleOriginals,
  type ExampleOriginalsOptions,
  writeExampleOriginals,
} from './example-originals.js';
export { findOtherOriginals } from './find-other-originals.js';
export { type EntryPatch } from './patch-zip.js';
export { type Random, seededRandom } from './seeded-random.js';
export { type WriteZipOptions, type ZipEntry, writeZip } from './write-zip.js';
