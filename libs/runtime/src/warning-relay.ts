import { setTimeout as delay } from 'node:timers/promises';
import { warningSubject, type ServiceWarning } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import type { LoggedWarning } from './logged-warning.js';

/** Tells reporters what a service warns of: its log may lie on another machine than the summary. */
export interface WarningRelay {
  take(warning: LoggedWarning): void;
  /** From now on warnings are told at this broker; so are those before. */
  connect(bus: Bus): void;
  /**
   * Settles when everything warned of is told, or has waited long enough; undefined where nothing is
   * left to wait for.
   */
  told(): Promise<void> | undefined;
}

/** In what a broker says of users that may not tell, for they were made for an earlier version. */
const REFUSED = 'cull.warnings.';
const MOST_WAITING = 100;
const ANSWER_WITHIN_MS = 2_000;
/** A reporter that is started again, or a broker, is back by then; where none follows a run, nobody asks. */
const GIVE_UP_AFTER_MS = 10_000;
/** For a reporter that has not yet seen that there is a run, and no longer: without one, work goes on. */
const HOLD_BACK_MS = 2_000;
/** Often at first: a short run may be over within a second of its first warning. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1_000;

export function createWarningRelay(service: string): WarningRelay {
  const subject = warningSubject(service);
  const waiting: LoggedWarning[] = [];
  let bus: Bus | undefined;
  let sending: Promise<void> | undefined;
  /** Settles when the last warning has been waited for long enough. */
  let heldBack: Promise<void> | undefined;
  /** Cuts the delay before the next try short. */
  let hurry = new AbortController();
  const send = async () => {
    for (let next = waiting[0]; next !== undefined && bus !== undefined; next = waiting[0]) {
      await tell({ bus, subject, warning: { service, ...next }, untilUrgent: () => hurry.signal });
      waiting.shift();
    }
  };
  const holdBack = () => {
    const over = delay(HOLD_BACK_MS, undefined, { ref: false }).then(() => {
      if (heldBack === over) heldBack = undefined;
    });
    heldBack = over;
  };
  const start = () => {
    if (bus === undefined || waiting.length === 0) return;
    sending ??= send().finally(() => {
      sending = undefined;
      // What came in between found somebody sending.
      start();
    });
  };
  return {
    take(warning) {
      if (warning.text.includes(REFUSED) || waiting.length >= MOST_WAITING) return;
      waiting.push(warning);
      holdBack();
      // What waits at the head may have waited for a reporter that is there by now.
      hurry.abort();
      hurry = new AbortController();
      start();
    },
    connect(connected) {
      bus = connected;
      start();
    },
    told() {
      if (sending === undefined || waiting.length === 0 || heldBack === undefined) return undefined;
      return Promise.race([sending, heldBack]);
    },
  };
}

interface Telling {
  readonly bus: Bus;
  readonly subject: string;
  readonly warning: ServiceWarning;
  /** Aborted when the next try should come at once. */
  readonly untilUrgent: () => AbortSignal;
}

/** Until somebody has it, or it is too late. */
async function tell({ bus, subject, warning, untilUrgent }: Telling): Promise<void> {
  const text = JSON.stringify(warning);
  let delayMs = FIRST_DELAY_MS;
  const untilMs = performance.now() + GIVE_UP_AFTER_MS;
  while (performance.now() < untilMs && !bus.connection.isClosed()) {
    try {
      await bus.connection.request(subject, text, { timeout: ANSWER_WITHIN_MS });
      return;
    } catch (error) {
      bus.log.debug({ err: error }, 'no reporter takes what is warned of');
      await delay(delayMs, undefined, { ref: false, signal: untilUrgent() }).catch(() => undefined);
      delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    }
  }
}
