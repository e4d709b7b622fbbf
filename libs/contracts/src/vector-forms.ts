import { isBucketAddress, toBucketAddress } from './bucket-address.js';

/**
 * How new embeddings are stored: in a `.npy` file each, many in a file, or `auto`, by what is there and
 * by the file system.
 */
export const vectorFormChoices = ['auto', 'files', 'packed'] as const;
export type VectorFormChoice = (typeof vectorFormChoices)[number];
export type VectorForm = Exclude<VectorFormChoice, 'auto'>;

/** What ‹vectors› says. */
export interface VectorsChoice {
  readonly form: VectorFormChoice;
  /** A place in a bucket that packed embeddings are in as well: `s3://bucket/prefix`. */
  readonly bucket: string | undefined;
}

/**
 * @param text one of {@link vectorFormChoices}, or an address of a bucket; undefined for `auto`
 * @returns undefined for any other text
 * @throws {ConfigurationError} for an address that is not valid
 */
export function toVectorsChoice(text: string | undefined): VectorsChoice | undefined {
  if (text !== undefined && isBucketAddress(text)) {
    toBucketAddress(text, 'vectors');
    return { form: 'packed', bucket: text.replace(/\/+$/, '') };
  }
  const form = text === undefined ? 'auto' : vectorFormChoices.find((choice) => choice === text);
  return form && { form, bucket: undefined };
}
