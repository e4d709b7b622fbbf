export { drawPicture, type Picture } from './draw-picture.js';
export {
  writeExampleOriginals,
  type ExampleOriginals,
  type ExampleOriginalsOptions,
} from './example-originals.js';
export { hashTree } from './hash-tree.js';
export { type EntryPatch } from './patch-zip.js';
export { seededRandom, type Random } from './seeded-random.js';
export { createTempDir, type TempDir } from './temp-dir.js';
export { silentLog, startTestBroker, type TestBrokerOptions } from './test-broker.js';
export { waitFor, type WaitForOptions } from './wait-for.js';
export { writeZip, type WriteZipOptions, type ZipEntry } from './write-zip.js';
