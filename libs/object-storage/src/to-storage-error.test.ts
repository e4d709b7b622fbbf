import { expect, it } from 'vitest';
import { toStorageError } from './to-storage-error.js';

const said = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(`${name}: StringToSign AKIDSECRET`), {
    name,
    AWSAccessKeyId: 'AKIDSECRET',
    $metadata: { httpStatusCode },
  });

it.each([
  ['NoSuchBucket', 404, 'ENOENT', 'there is no bucket of that name'],
  ['NoSuchKey', 404, 'ENOENT', 'is not there'],
  ['UnknownError', 404, 'ENOENT', 'is not there'],
  ['AccessDenied', 403, 'EACCES', 'the right to list and to read'],
  ['SignatureDoesNotMatch', 403, 'EACCES', 'credentials of the storage are wrong'],
  ['ExpiredToken', 400, 'EACCES', 'have expired'],
  ['PermanentRedirect', 301, 'EACCES', 'is in another region'],
  ['PreconditionFailed', 412, 'ESTALE', 'was replaced'],
  ['InvalidRange', 416, 'ESTALE', 'was replaced'],
  ['SlowDown', 503, 'EREMOTEIO', 'says 503 SlowDown'],
  ['CredentialsProviderError', undefined, 'EACCES', 'has none'],
  ['TimeoutError', undefined, 'ETIMEDOUT', 'cannot be reached'],
])('%s, %s, is %s, and nothing else of the answer is repeated', (name, status, code, problem) => {
  const error = toStorageError(said(name, status));
  expect(error).toMatchObject({ code, problem: expect.stringContaining(problem) });
  expect(error.cause).toBeUndefined();
  const all = [error.message, error.problem, error.stack, JSON.stringify(error)].join();
  expect(all).not.toContain('AKIDSECRET');
});

it('says which right is missing to write', () => {
  expect(toStorageError(said('AccessDenied', 403), 'write')).toMatchObject({
    code: 'EACCES',
    problem: expect.stringContaining('the right to put objects'),
  });
});

it('keeps the codes of networks', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });
  expect(toStorageError(refused)).toMatchObject({ code: 'ECONNREFUSED', syscall: 'request' });
});
