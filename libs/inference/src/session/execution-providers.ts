import { listSupportedBackends } from 'onnxruntime-node';

/** What the image encoder may be computed on: the processor, or an NVIDIA card. */
export const providers = ['cpu', 'cuda'] as const;
export type Provider = (typeof providers)[number];

/** What onnxruntime can compute on, on this machine's system. */
export interface ExecutionProvider {
  readonly name: string;
  /** False where libraries of its maker must be installed besides. */
  readonly isBundled: boolean;
}

/** The execution providers that the installed onnxruntime was built with. */
export function listExecutionProviders(): ExecutionProvider[] {
  return listSupportedBackends().map(({ name, bundled }) => ({ name, isBundled: bundled }));
}
