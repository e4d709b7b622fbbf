import type { ControlAnswer, ControlRequest, WebError } from '@cullstream/contracts/web';
import { controlPath } from './paths.js';

/** A request that failed. Its message says what is wrong and what to do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** @throws RequestError when the server does not respond, or refuses the request */
export async function fetchJson<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw new RequestError('Cullstream does not answer. Is it still running?', { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as Answer;
  const { error } = (answer ?? {}) as Partial<WebError>;
  throw new RequestError(error ?? `Cullstream answered with status ${response.status}.`);
}

export function controlRun(run: string, request: ControlRequest): Promise<ControlAnswer> {
  return fetchJson<ControlAnswer>(controlPath(run), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
}
