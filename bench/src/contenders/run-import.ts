import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ImportOptions {
  readonly file: string;
  /** Two empty folders. */
  readonly data: string;
  readonly cache: string;
}

export interface ImportResult {
  readonly format: string;
  /** The ONNX file that was converted from it. */
  readonly modelPath: string;
  readonly importSeconds: number;
  /** Seconds, including the conversion. */
  readonly seconds: number;
  /** The peak resident memory of the process. */
  readonly peakResidentBytes: number;
}

/** Imports and converts a checkpoint in a separate process, so that its memory can be measured. */
export async function runImport(options: ImportOptions): Promise<ImportResult> {
  const script = fileURLToPath(new URL('./import-once.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)]);
  return JSON.parse(stdout) as ImportResult;
}
