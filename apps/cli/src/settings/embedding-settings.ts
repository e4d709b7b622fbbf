import { legacyCacheModes, vectorFormChoices } from '@cullstream/contracts';
import { vectorsChoice } from '@cullstream/runtime';
import { z } from 'zod';

/** Which stored embeddings are used, and how new ones are stored. */
export const embeddingSettings = {
  legacyCache: z
    .enum(legacyCacheModes)
    .default('check')
    .meta({
      description: `what to do with embeddings of the older tool: ${legacyCacheModes.join(', ')}`,
      placeholder: 'mode',
    }),
  vectors: vectorsChoice.default('auto').meta({
    description: `new embeddings in a .npy file each, which other tools read, or packed, many in a file: ${vectorFormChoices.join(', ')}; auto is as those that are there, else packed where the smallest file takes more than 16 KiB; s3://bucket/prefix is packed, and shared in a bucket`,
    placeholder: 'form',
  }),
};
