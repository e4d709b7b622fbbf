/** What the image encoder may be computed on: processor, any card by WebGPU, NVIDIA card, Apple's CoreML, DirectML of Windows. */
export const devices = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];

/**
 * `auto`: the fastest of this machine, as measured by `doctor`; without a measurement the
 * processor.
 */
export const deviceChoices = [...devices, 'auto'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
