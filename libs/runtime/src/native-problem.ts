import { toErrno, errorMessage } from '@cullstream/files';

/** The version of Node and the machine that binaries must match. */
export interface Host {
  /** `v20.19.0`. */
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** Why a package's binary cannot be loaded, and what to do, in one sentence. */
export function describeNativeProblem(name: string, error: unknown, host: Host): string {
  if (name === 'onnxruntime' && host.platform === 'darwin' && host.arch === 'x64') {
    return (
      'onnxruntime has no binary for Macs with an Intel processor since version 1.24, so nothing can be ' +
      'embedded here: use a Mac with Apple silicon, Linux or Windows'
    );
  }
  const reason = readRootReason(error);
  if (/NODE_MODULE_VERSION|different Node\.js version/.test(reason)) {
    return (
      `${name} was installed for another Node than this one (${host.version}): ` +
      'run `npm rebuild` with this Node, or use the Node it was installed with'
    );
  }
  if (isWantOfMemory(error)) {
    return `there is not enough memory to load ${name} (${reason}): end other programs, or allow more`;
  }
  if (toErrno(error) === 'MODULE_NOT_FOUND') return `${name} is not installed: run \`npm ci\``;
  return (
    `${name} cannot be loaded by Node ${host.version} on ${host.platform} ${host.arch} ` +
    `(${reason}): run \`npm rebuild\`, or \`npm ci\` where that does not help`
  );
}

/** Whether a binary could not be loaded because the system gave no memory, which may be over soon. */
export function isWantOfMemory(error: unknown): boolean {
  return /failed to map segment|cannot allocate memory(?! in static TLS)/i.test(
    readRootReason(error),
  );
}

/**
 * The message for a package with native code that could not be loaded; undefined for every other error.
 */
export function findNativeProblem(error: unknown, host: Host = process): string | undefined {
  const messages = listCauses(error).map(({ message }) => message);
  if (!listCauses(error).some(isOfNativeCode)) return undefined;
  const all = messages.join(' ');
  const [, name] = binaryNames.find(([folder]) => all.includes(folder)) ?? [];
  return describeNativeProblem(name ?? 'a package with native code', error, host);
}

/** Recognises the errors of Node for a binary, and those of packages that try several binaries. */
function isOfNativeCode(error: Error): boolean {
  return (
    toErrno(error) === 'ERR_DLOPEN_FAILED' ||
    /^(Could not load the "sharp" module|Cannot find native binding)/.test(error.message)
  );
}

const binaryNames = [
  ['better-sqlite3', 'SQLite'],
  ['sharp', 'sharp'],
  ['onnxruntime', 'onnxruntime'],
  ['crc32', 'crc32'],
] as const;

function listCauses(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error; each = each.cause) chain.push(each);
  return chain;
}

/** The error about another version of Node if there is one, else the first line of the innermost cause. */
function readRootReason(error: unknown): string {
  const chain = listCauses(error);
  const lines = chain.flatMap(({ message }) => message.split('\n'));
  const told = [/NODE_MODULE_VERSION/, /ERR_DLOPEN_FAILED/].map((sign) =>
    lines.find((line) => sign.test(line)),
  );
  return told.find(Boolean) ?? errorMessage(chain.at(-1) ?? error).split('\n')[0] ?? '';
}
