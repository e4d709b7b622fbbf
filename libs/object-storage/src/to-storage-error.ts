import { isHungCall } from '@cullstream/files';
import { StorageError } from './storage-error.js';

interface Fault {
  readonly code: string;
  readonly problem: string;
}

/** What a request was made for. */
export type Access = 'read' | 'write';

const denied = (problem: string): Fault => ({ code: 'EACCES', problem });
const REFUSED = 'may not be read with these credentials; give them the right to list and to read';
const REFUSED_WRITE =
  'may not be written with these credentials; give them the right to put objects';
const WRONG_CREDENTIALS = 'is refused: the credentials of the storage are wrong; correct them';
const OLD_CREDENTIALS = 'is refused: the credentials of the storage have expired; renew them';
const WRONG_REGION = 'is in another region, or at another endpoint, than the client asks; set both';
const REPLACED: Fault = { code: 'ESTALE', problem: 'was replaced while it was read' };

/** What servers say: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const faults: Readonly<Record<string, Fault>> = {
  AccessDenied: denied(REFUSED),
  AllAccessDisabled: denied(REFUSED),
  ConditionalRequestConflict: { code: 'EEXIST', problem: 'is being put by another process' },
  AuthorizationHeaderMalformed: denied(WRONG_REGION),
  CredentialsProviderError: denied(
    'needs credentials, and the client of the storage has none; set them, or its profile',
  ),
  ExpiredToken: denied(OLD_CREDENTIALS),
  Forbidden: denied(REFUSED),
  InvalidAccessKeyId: denied(WRONG_CREDENTIALS),
  InvalidRange: REPLACED,
  InvalidToken: denied(WRONG_CREDENTIALS),
  MovedPermanently: denied(WRONG_REGION),
  NoSuchBucket: {
    code: 'ENOENT',
    problem: 'cannot be: there is no bucket of that name; check the address and the endpoint',
  },
  NoSuchKey: { code: 'ENOENT', problem: 'is not there' },
  NotImplemented: { code: 'ENOSYS', problem: 'does not know what was asked of it' },
  NotFound: { code: 'ENOENT', problem: 'is not there' },
  PermanentRedirect: denied(WRONG_REGION),
  PreconditionFailed: REPLACED,
  RequestTimeTooSkewed: denied('is refused: the clock of this machine is wrong; set it'),
  SignatureDoesNotMatch: denied(WRONG_CREDENTIALS),
};

/** For answers without a body, as to HEAD, only the status tells. */
const statuses: Readonly<Record<number, Fault>> = {
  301: denied(WRONG_REGION),
  400: denied(WRONG_REGION),
  401: denied(WRONG_CREDENTIALS),
  403: denied(REFUSED),
  404: { code: 'ENOENT', problem: 'is not there' },
  412: REPLACED,
  416: REPLACED,
};

/** Converts an error of the client of the storage. Nothing of an answer is repeated but its name. */
export function toStorageError(error: unknown, access: Access = 'read'): StorageError {
  if (error instanceof StorageError) return error;
  const { code, problem } = readFault(error);
  const isRefused = access === 'write' && problem === REFUSED;
  return new StorageError(code, isRefused ? REFUSED_WRITE : problem);
}

function readFault(error: unknown): Fault {
  if (isHungCall(error)) return { code: 'ETIMEDOUT', problem: 'does not answer' };
  const { name, code, status } = readFacts(error);
  const fault = faults[name] ?? (status === undefined ? undefined : statuses[status]);
  if (fault !== undefined) return fault;
  if (status !== undefined && status >= 200) {
    return {
      code: 'EREMOTEIO',
      problem: `cannot be used now: the storage says ${status} ${name}`,
    };
  }
  if (code !== undefined) {
    return { code, problem: `cannot be reached (${code}); check endpoint and network` };
  }
  const kind = name === 'TimeoutError' || name === 'AbortError' ? 'ETIMEDOUT' : 'EREMOTEIO';
  return { code: kind, problem: `cannot be reached (${name}); check endpoint and network` };
}

/** That an object has other bytes than when it was opened. */
export function toReplacedError(): StorageError {
  return new StorageError(REPLACED.code, REPLACED.problem);
}

/** Whether an object was replaced while it was read. */
export function isReplaced(error: unknown): boolean {
  return error instanceof StorageError && error.code === REPLACED.code;
}

function readFacts(error: unknown): { name: string; code?: string; status?: number } {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return {
    name: error.name,
    ...(typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
  };
}
