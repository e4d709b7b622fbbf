import { env } from 'onnxruntime-node';

/** Version of the installed onnxruntime. */
export const onnxruntimeVersion = env.versions.node ?? 'unknown';
