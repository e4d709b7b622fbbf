/** What the image encoder may be computed on: processor, NVIDIA card, Apple's CoreML, DirectML of Windows. */
export const devices = ['cpu', 'cuda', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];
