import { listSupportedBackends } from 'onnxruntime-node';

/** What onnxruntime can compute on, on this machine's system. */
export interface ExecutionProvider {
  readonly name: string;
  /** False where libraries of its maker must be installed besides. */
  readonly isBundled: boolean;
}

/** The execution providers that the installed onnxruntime was built with; inference uses `cpu`. */
export function listExecutionProviders(): ExecutionProvider[] {
  return listSupportedBackends().map(({ name, bundled }) => ({ name, isBundled: bundled }));
}
