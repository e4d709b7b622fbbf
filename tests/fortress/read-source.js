import { listImages } from '@cullstream/catalog';
import {
  configureSharp,
  createSourceReader,
  decodedBytes,
  MAX_IMAGE_BYTES,
  preprocess,
} from '@cullstream/imaging';

/** Lists the sources in a folder of originals as the extractor does, and reads their images as an embedder does. */

const MOST_IMAGES = 1_100;
const [originalsDir = '', ...sources] = process.argv.slice(2);
configureSharp({ threads: 1 });
const reader = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });

for (const source of sources) {
  try {
    const { images, warnings } = await listImages(originalsDir, { project: source, source });
    console.log(`${source}: ${images.length} images`, ...warnings);
    for (const image of images.slice(0, MOST_IMAGES)) {
      console.log(`${source}: ${JSON.stringify(image.name)}: ${await read(image.source)}`);
    }
  } catch (error) {
    console.log(`${source}: cannot be listed: ${describe(error)}`);
  }
}
await reader.close();

async function read(source) {
  try {
    const bytes = await reader.read(source);
    await decodedBytes(bytes);
    const { widthPx, heightPx } = await preprocess(bytes, 'exact');
    return `${widthPx} x ${heightPx}`;
  } catch (error) {
    return describe(error);
  }
}

/** What a summary says of a failure; anything else is a bug, with its stack. */
function describe(error) {
  if (error.reason !== undefined) return `${error.reason}: ${error.message}`;
  return ['ArchiveError', 'Error'].includes(error.name) ? error.message : error.stack;
}
