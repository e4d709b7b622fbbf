import { setTimeout as delay } from 'node:timers/promises';
import { warningSubject, type ServiceWarning } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import type { LoggedWarning } from './logged-warning.js';

/** Sends the warnings of a service to reporters, since its log may be on another computer than the summary. */
export interface WarningRelay {
  take(warning: LoggedWarning): void;
  /** Sends warnings through this broker from now on, including earlier ones. */
  connect(bus: Bus): void;
  /**
   * Settles when all warnings are sent or have waited long enough; undefined if there is nothing to wait
   * for.
   */
  told(): Promise<void> | undefined;
}

/** Occurs in warnings that sending was not permitted: users of earlier versions lack the permission. */
const REFUSED = 'cull.warnings.';
const MOST_WAITING = 100;
const ANSWER_WITHIN_MS = 2_000;
/** Long enough for a reporter or broker to be started again. If no reporter follows the run, it is given up. */
const GIVE_UP_AFTER_MS = 10_000;
/** How long events wait for warnings: long enough for a reporter to notice a new run. */
const HOLD_BACK_MS = 2_000;
/** Short at first, since a short run may end within a second of its first warning. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1_000;

export function createWarningRelay(service: string): WarningRelay {
  const subject = warningSubject(service);
  const waiting: LoggedWarning[] = [];
  let bus: Bus | undefined;
  let sending: Promise<void> | undefined;
  /** Settles when events have waited long enough for the last warning. */
  let heldBack: Promise<void> | undefined;
  /** Ends the delay before the next attempt. */
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
      // Warnings that came at the end of sending did not start it again.
      start();
    });
  };
  return {
    take(warning) {
      if (warning.text.includes(REFUSED) || waiting.length >= MOST_WAITING) return;
      waiting.push(warning);
      holdBack();
      // The first warning may be waiting for a reporter that is there by now: try at once.
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
  /** Aborted when the next attempt should be made at once. */
  readonly untilUrgent: () => AbortSignal;
}

/** Sends a warning until a reporter has answered or the time is up. */
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
