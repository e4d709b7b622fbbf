import { z } from 'zod';

/** First part of the path of every request of this version of the JSON API. */
export const WEB_API_PATH = '/api/v1';

/** `[x1, y1, x2, y2]`, each in [0, 1] of the image's width or height. */
export const cropBox = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type CropBox = z.infer<typeof cropBox>;

/** The answer to a request that failed: what is wrong and what to do, as text for users. */
export const webError = z.object({ error: z.string() });
export type WebError = z.infer<typeof webError>;
