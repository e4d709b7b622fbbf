import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ImportOptions {
  readonly file: string;
  /** Folders that are empty. */
  readonly data: string;
  readonly cache: string;
}

export interface ImportResult {
  readonly format: string;
  /** The ONNX file that was made of it. */
  readonly modelPath: string;
  readonly importSeconds: number;
  /** With the conversion. */
  readonly seconds: number;
  /** The most resident memory of the process that did it. */
  readonly peakResidentBytes: number;
}

/** Imports and converts a checkpoint in a process of its own, whose memory is its memory. */
export async function runImport(options: ImportOptions): Promise<ImportResult> {
  const script = fileURLToPath(new URL('./import-once.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)]);
  return JSON.parse(stdout) as ImportResult;
}
