import { createRequire } from 'node:module';
import { ConfigurationError } from '@cullstream/contracts';
import { errnoOf, errorMessage } from '@cullstream/files';
import { loadSqlite } from '@cullstream/sqlite';

const require = createRequire(import.meta.url);

/** Loading is what fails; what is loaded stays loaded for those who use it. */
const loaders: Readonly<Record<string, () => unknown>> = {
  SQLite: loadSqlite,
  sharp: () => require('sharp') as unknown,
  onnxruntime: () => require('onnxruntime-node') as unknown,
};

/** The Node and the machine that binaries must suit. */
export interface Host {
  /** `v20.19.0`. */
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/**
 * Loads every package with native code once, before anything is started: a service would find out
 * image by image.
 * @throws {ConfigurationError} that says of each that cannot be loaded why, and what to do
 */
export function requireNativePackages(host: Host = process, load = loaders): void {
  const problems: string[] = [];
  for (const [name, attempt] of Object.entries(load)) {
    try {
      attempt();
    } catch (error) {
      problems.push(describeNativeProblem(name, error, host));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** Why a package's binary cannot be loaded, and the way out, in one sentence. */
export function describeNativeProblem(name: string, error: unknown, host: Host): string {
  if (name === 'onnxruntime' && host.platform === 'darwin' && host.arch === 'x64') {
    return (
      'onnxruntime has no binary for Macs with an Intel processor since version 1.24, so nothing can be ' +
      'embedded here: use a Mac with Apple silicon, Linux or Windows'
    );
  }
  const reason = rootReasonOf(error);
  if (/NODE_MODULE_VERSION|different Node\.js version/.test(reason)) {
    return (
      `${name} was installed for another Node than this one (${host.version}): ` +
      'run `npm rebuild` with this Node, or use the Node it was installed with'
    );
  }
  if (errnoOf(error) === 'MODULE_NOT_FOUND') return `${name} is not installed: run \`npm ci\``;
  return (
    `${name} cannot be loaded by Node ${host.version} on ${host.platform} ${host.arch} ` +
    `(${reason}): run \`npm rebuild\`, or \`npm ci\` where that does not help`
  );
}

/**
 * What to say where a binary could not be loaded by a command that found out on its way; undefined for
 * every other error.
 */
export function findNativeProblem(error: unknown, host: Host = process): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (errnoOf(cause) !== 'ERR_DLOPEN_FAILED') continue;
    const { message } = cause;
    const [, name] = binaryNames.find(([folder]) => message.includes(folder)) ?? [];
    return describeNativeProblem(name ?? 'a package with native code', cause, host);
  }
  return undefined;
}

const binaryNames = [
  ['better-sqlite3', 'SQLite'],
  ['sharp', 'sharp'],
  ['onnxruntime', 'onnxruntime'],
] as const;

/** The first line of the innermost cause: the lines below it are for makers of packages. */
function rootReasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const lines = errorMessage(innermost).split('\n');
  return lines.find((line) => line.includes('NODE_MODULE_VERSION')) ?? lines[0] ?? '';
}
