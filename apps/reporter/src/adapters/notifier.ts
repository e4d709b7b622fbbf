import type { RunId, RunStatus } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import type { Summary } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';
import pRetry, { AbortError } from 'p-retry';

/** What is notified about a run. */
export type NotifiedEvent = 'ended' | 'paused' | 'stalled';

/** The JSON that is posted. */
export interface Notification {
  readonly event: NotifiedEvent;
  readonly run: RunId;
  /** ISO 8601. */
  readonly at: string;
  /** The same in a sentence, as chat services show it. */
  readonly text: string;
  readonly status: RunStatus;
  /** The summary of a run that has ended, as it is in the data folder; else null. */
  readonly summary: Summary | null;
}

/** Posts a notification. It never rejects: a failure is logged as a warning. */
export type Notify = (notification: Notification) => Promise<void>;

export interface NotifierTimes {
  /** Time limit of one attempt. */
  readonly answerWithinMs: number;
  /** Time limit of all attempts together, since a run waits for the last one. */
  readonly allWithinMs: number;
  readonly firstPauseMs: number;
}

const usualTimes: NotifierTimes = {
  answerWithinMs: 3_000,
  allWithinMs: 8_000,
  firstPauseMs: 500,
};
const RETRIES = 3;
/** Statuses below 500 after which it is tried again. */
const PASSING = new Set([408, 425, 429]);

/**
 * Posts notifications as JSON. User, password, path and query of the address may be secret, so they do
 * not appear in any message.
 */
export function createNotifier(address: string, log: Logger, times = usualTimes): Notify {
  const url = new URL(address);
  const place = `${url.protocol}//${url.host}`;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (url.username !== '' || url.password !== '') {
    const credentials = [url.username, url.password].map(decodeURIComponent).join(':');
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    [url.username, url.password] = ['', ''];
  }
  return async (notification) => {
    const body = JSON.stringify(notification);
    const whole = AbortSignal.timeout(times.allWithinMs);
    const post = async () => {
      const signal = AbortSignal.any([whole, AbortSignal.timeout(times.answerWithinMs)]);
      // Redirects are refused, since they may lead to somebody else.
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal,
        redirect: 'manual',
      });
      await response.body?.cancel();
      const { status } = response;
      if (response.ok) return;
      const error = new Error(`it answers with status ${status}`);
      throw status < 500 && !PASSING.has(status) ? new AbortError(error) : error;
    };
    try {
      await pRetry(post, {
        retries: RETRIES,
        minTimeout: times.firstPauseMs,
        signal: whole,
      });
    } catch (error) {
      const { event, run } = notification;
      log.warn(`${place} was not told that run ${run} ${words[event]}: ${toReason(error)}`);
    }
  };
}

const words: Readonly<Record<NotifiedEvent, string>> = {
  ended: 'has ended',
  paused: 'is paused',
  stalled: 'has stalled',
};

function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it does not answer';
  return errorMessage(error.cause instanceof Error ? error.cause : error);
}
