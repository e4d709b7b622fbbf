/**
 * How new embeddings are stored: in a `.npy` file each, many in a file, or `auto`, by what is there and
 * by the file system.
 */
export const vectorFormChoices = ['auto', 'files', 'packed'] as const;
export type VectorFormChoice = (typeof vectorFormChoices)[number];
export type VectorForm = Exclude<VectorFormChoice, 'auto'>;
