import { stat } from 'node:fs/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { isErrno, readFileIfThere, toErrno } from '@cullstream/files';
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type YAMLError,
} from 'yaml';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_OPEN_BRACKETS = 1_000;
const MAX_ERRORS = 20;
const TOO_DEEP = 'its lists and mappings are nested too deeply';

/** A YAML or JSON file that a person wrote. */
export interface UserFile {
  readonly content: unknown;
  /** The place of a value, for messages: `inventory.yaml, line 3`. */
  whereIs(path: readonly PropertyKey[]): string;
}

export interface ReadUserFileOptions {
  /** What the file is, for messages: `the inventory`. */
  readonly what: string;
  /** Whether all values are texts, also `1e3`, `010` and `true`; except `null` and `~`. */
  readonly allText?: boolean;
}

/**
 * Reads a file that a person wrote.
 * @returns undefined if there is no such file
 * @throws {ConfigurationError} if it cannot be read, or with every place where it is not YAML
 */
export async function readUserFile(
  path: string,
  { what, allText = false }: ReadUserFileOptions,
): Promise<UserFile | undefined> {
  const text = await readText(path, what);
  if (text === undefined) return undefined;
  requireFewBrackets(text, path);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    prettyErrors: false,
    lineCounter: lines,
    // YAML's warnings would be printed; problems are reported as errors instead.
    logLevel: 'error',
    ...(allText ? { schema: 'failsafe', customTags: ['null'] } : {}),
  });
  const at = (offset: number) => `${path}, line ${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    throw new ConfigurationError(describeErrors(document.errors, at), {
      cause: document.errors[0],
    });
  }
  return {
    content: toContent(document, path),
    whereIs: (keys) => at(findOffset(document, keys)),
  };
}

async function readText(path: string, what: string): Promise<string | undefined> {
  try {
    const facts = await stat(path);
    if (facts.size > MAX_BYTES) throw new Error('it is larger than 16 MB; name another file');
    return await readFileIfThere(path);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return undefined;
    const code = toErrno(cause) ?? '';
    const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new ConfigurationError([`${path}: ${what} cannot be read: ${reason}`], { cause });
  }
}

/** The parser takes long for open brackets, and reports each. */
function requireFewBrackets(text: string, path: string): void {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x5b || character === 0x7b) open += 1;
    else if ((character === 0x5d || character === 0x7d) && open > 0) open -= 1;
    if (open > MAX_OPEN_BRACKETS) {
      throw new ConfigurationError([`${path}: ${TOO_DEEP}`]);
    }
  }
}

/** The first errors, for one that is missing may lead to very many. */
function describeErrors(errors: readonly YAMLError[], at: (offset: number) => string): string[] {
  const shown = errors.slice(0, MAX_ERRORS).map(({ code, message, pos }) => {
    if (code === 'DUPLICATE_KEY') return `${at(pos[0])}: the same key stands here twice`;
    const isTooDeep = message.startsWith('Maximum call stack');
    return `${at(pos[0])}: ${isTooDeep ? TOO_DEEP : `this is not YAML: ${message}`}`;
  });
  const others = errors.length - shown.length;
  return others > 0 ? [...shown, `and ${others} more problems of this kind`] : shown;
}

const reasons: Readonly<Record<string, string>> = {
  EFTYPE: 'it is a pipe, a device or a socket; name a file',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'there is no permission to',
  ENOTDIR: 'part of its path is a file',
};

function toContent(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError([`${path}: this is not YAML: ${reason}`], { cause });
  }
}

/** The position of a key or value in the file; if it is missing, that of the nearest parent. */
function findOffset(document: Document, path: readonly PropertyKey[]): number {
  if (path.length === 0) return document.contents?.range?.[0] ?? 0;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = String(path.at(-1));
  const node = isMap(parent)
    ? parent.items.map(({ key }) => key).find((key) => isScalar(key) && String(key.value) === last)
    : isCollection(parent)
      ? parent.get(path.at(-1), true)
      : undefined;
  const range = (node as { range?: readonly number[] | null } | undefined)?.range;
  return range?.[0] ?? findOffset(document, path.slice(0, -1));
}
