import type { RunId, RunStatus } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import type { Summary } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';
import pRetry, { AbortError } from 'p-retry';

/** What somebody who does not watch wants to know of a run. */
export type NotifiedEvent = 'ended' | 'paused' | 'stalled';

/** What is posted. */
export interface Notification {
  readonly event: NotifiedEvent;
  readonly run: RunId;
  /** ISO 8601. */
  readonly at: string;
  /** The same in a sentence, as chat services show it. */
  readonly text: string;
  readonly status: RunStatus;
  /** Of a run that has ended, as it stands in the data folder. */
  readonly summary: Summary | null;
}

/** Tells somebody elsewhere. What goes wrong is a warning, and nothing else. */
export type Notify = (notification: Notification) => Promise<void>;

export interface NotifierTimes {
  /** In which one attempt has to be answered. */
  readonly answerWithinMs: number;
  /** In which all of them have to end: a run waits for the last one. */
  readonly allWithinMs: number;
  readonly firstPauseMs: number;
}

const usualTimes: NotifierTimes = {
  answerWithinMs: 3_000,
  allWithinMs: 8_000,
  firstPauseMs: 500,
};
const RETRIES = 3;
/** Answers that may be others later. */
const PASSING = new Set([408, 425, 429]);

/**
 * Posts notifications as JSON. User, password, path and query of the address may be secret: no message
 * holds them.
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
      // Whoever is redirected to may be another one than was meant.
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
