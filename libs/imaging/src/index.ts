export { decodeRgb } from './decode/decode-rgb.js';
export { PixelMemory } from './decode/pixel-memory.js';
export { type RgbImage } from './decode/rgb-image.js';
export { imageFormat } from './decode/image-format.js';
export { decodedBytes } from './decode/decoded-bytes.js';
export { readImageSize, type ImageSize } from './decode/read-image-size.js';
export { configureSharp } from './decode/sharp-options.js';
export { preprocess } from './preprocess.js';
export {
  type OnPreprocessed,
  type PreprocessOptions,
  type PreprocessedImage,
} from './preprocess-options.js';
export { resampleExact } from './resample/resample-exact.js';
export { TARGET_BYTES, TARGET_SIZE_PX } from './resample/target-window.js';
export {
  createSourceReader,
  type SourceReader,
  type SourceReaderOptions,
} from './source/source-reader.js';
export { refuseLinkOutside, type NamedSource } from './source/refuse-link-outside.js';
export { createRetryingReader, type RetryingReader } from './source/retrying-reader.js';
export { MAX_IMAGE_BYTES } from './source/max-image-bytes.js';
export { toThumbnail } from './thumbnail.js';
