import { join } from 'node:path';
import { openCheckpoint } from '@cullstream/inference';

/** Opens weights and reads all their tensors. */

const [folder = '', ...files] = process.argv.slice(2);
for (const file of files) {
  try {
    const opened = await openCheckpoint(join(folder, file));
    for (const tensor of opened.tensors.values()) await tensor.read();
    console.log(`${file}: ${opened.format}: ${opened.tensors.size} tensors`);
    await opened.close();
  } catch (error) {
    console.log(`${file}: ${error.name === 'CheckpointError' ? error.message : error.stack}`);
  }
}
