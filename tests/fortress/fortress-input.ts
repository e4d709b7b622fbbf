import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Something that nobody would send with good intentions, and what becomes of it. */
export interface FortressInput {
  readonly name: string;
  /** Writes the input below an empty folder. */
  readonly make: (folder: string) => void | Promise<void>;
  /** The program that gets it, with its arguments. */
  readonly command: (folder: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands in the output, each somewhere. A stack trace never does. */
  readonly says: readonly RegExp[];
  readonly exitCode?: number;
  /** Most time of all processors together, and most memory of any process. */
  readonly seconds: number;
  readonly megabytes: number;
  /** Left out where a condition of the machine is missing. */
  readonly isPossible?: boolean;
}

const toPath = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const readers = { source: toPath('./read-source.js'), weights: toPath('./read-weights.js') };
const usual = { seconds: 4, megabytes: 250 };

/** An input that is one file or folder, for a reader that takes several. */
export interface FileInput extends FortressInput {
  readonly reader: keyof typeof readers;
  readonly file: string;
}

/**
 * @param reader `source` lists a folder or archive as the extractor does, and reads its images as an embedder does;
 *   `weights` reads all tensors of a checkpoint
 */
export function fileInput(
  reader: keyof typeof readers,
  name: string,
  file: string,
  make: (path: string) => void | Promise<void>,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  return {
    name,
    reader,
    file,
    make: (folder) => make(join(folder, file)),
    command: (folder) => [readers[reader], folder, file],
    says,
    ...usual,
    ...limits,
  };
}

/** As {@link fileInput}, for a file whose bytes are made. */
export function bytesInput(
  reader: keyof typeof readers,
  name: string,
  file: string,
  makeBytes: () => Buffer,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  return fileInput(reader, name, file, (path) => writeFileSync(path, makeBytes()), says, limits);
}

/** All inputs of a reader that need no more than is usual, one after the other in one process. */
export function together(all: readonly FileInput[], reader: keyof typeof readers): FortressInput {
  const chosen = all.filter(
    (input) =>
      input.reader === reader &&
      input.seconds === usual.seconds &&
      input.megabytes === usual.megabytes &&
      input.isPossible !== false,
  );
  return {
    name: `${chosen.length} inputs for the reader of ${reader}`,
    make: async (folder) => {
      for (const [at, input] of chosen.entries()) {
        mkdirSync(join(folder, String(at)));
        await input.make(join(folder, String(at)));
      }
    },
    command: (folder) => [
      readers[reader],
      folder,
      ...chosen.map(({ file }, at) => `${at}/${file}`),
    ],
    says: chosen.flatMap(({ file, says }, at) =>
      says.map(
        (said) => new RegExp(`^${at}/${file.replaceAll('.', String.raw`\.`)}.*${said.source}`, 'm'),
      ),
    ),
    seconds: 10,
    megabytes: 350,
  };
}

const cullstream = fileURLToPath(new URL('../../apps/cli/bin/cullstream.js', import.meta.url));

/** The arguments of Node for a command of ours. */
export function command(...args: readonly string[]): readonly string[] {
  return [cullstream, ...args];
}
